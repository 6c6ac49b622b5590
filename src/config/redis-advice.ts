/** What an operator is told where Redis does not do what it should, from what it or its client says. */

/** The settings that it may be about, each with the place it was given at. */
export interface RedisNames {
  readonly url: string
  readonly caFile: string
  readonly username: string
  readonly password: string
  readonly prefix: string
}

/** Where nobody knows from where they were given. */
export const REDIS_NAMES: RedisNames = {
  url: 'redis.url',
  caFile: 'redis.caFile',
  username: 'redis.username',
  password: 'redis.password',
  prefix: 'redis.prefix',
}

/** In this order: the first that fits. */
const ADVICE: readonly (readonly [said: RegExp, advice: (name: RedisNames) => string])[] = [
  [/NOAUTH/, ({ password }) => `Redis wants a password: set ${password}`],
  [
    /WRONGPASS|invalid password/,
    ({ username, password }) => `Redis does not know us: check ${username} and ${password}`,
  ],
  [
    /without any password configured/,
    ({ password }) => `this Redis has no password: leave out ${password}, or give it one`,
  ],
  [
    /NOPERM/,
    ({ username, prefix }) =>
      `Redis allows the account of ${username} too little: docs/gateways.md names what it needs, on keys of ${prefix}`,
  ],
  [
    /DB index|DB number/,
    ({ url }) => `Redis has no database of that number: check the number that ends ${url}`,
  ],
  [/^DENIED/, () => 'this Redis takes connections from its own machine alone: give it a password'],
  [/^READONLY/, ({ url }) => `this Redis is a replica: ${url} must name the one that takes writes`],
  [/^MOVED/, ({ url }) => `${url} names a node of a cluster that does not keep our keys`],
  [/^OOM/, () => 'Redis is full: give it more memory (maxmemory)'],
  [/^MISCONF/, () => 'Redis cannot write its own file and takes nothing: it needs no file for us'],
  [/^WRONGTYPE/, ({ prefix }) => `${prefix} is used by another program: choose another`],
  [
    /certificate|altnames|unable to verify/i,
    ({ url, caFile }) =>
      `the certificate of Redis is not vouched for: check ${caFile} and the name in ${url}`,
  ],
  [
    /SSL|TLS|wrong version number|packet length/,
    ({ url }) => `Redis does not speak TLS there: check ${url}, redis or rediss`,
  ],
  [/ENOTFOUND|EAI_AGAIN/, ({ url }) => `the host has no address: check ${url}`],
  [/ECONNREFUSED/, ({ url }) => `nothing listens there: check ${url}`],
  [
    /ETIMEDOUT|ECONNRESET|Connection is closed|socket hang up/,
    ({ url }) =>
      `no answer comes: is it a Redis, and does it speak TLS? check ${url}, redis or rediss`,
  ],
]

/** What would be right, with what was said; what was said alone where nothing more is known. */
export function adviceOnRedis(said: string, names: RedisNames): string {
  const found = ADVICE.find(([pattern]) => pattern.test(said))
  return found ? `${found[1](names)} (${said})` : said
}
