/** Why an action that somebody asked for is not done. */
export type ActionRefusal =
  | 'unknownIncident'
  | 'staleRevision'
  | 'notAllowedInState'
  /** A substation's stands for the incidents of its feeders: what is done is done to those. */
  | 'actOnItsParts'
  | 'invalid'
