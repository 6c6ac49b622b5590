/** The cookie of a browser that signed in. */
export const SESSION_COOKIE = 'lastgasp_session'
