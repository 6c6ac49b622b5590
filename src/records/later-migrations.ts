/** The newer steps of the layout of `records.db`; the next one goes to the end. */
export const LATER_MIGRATIONS: readonly string[] = [
  `
  -- Why a customer or an area is served more attentively, until when, and who said so.
  CREATE TABLE care (
    usage_point TEXT NOT NULL,
    transformer TEXT NOT NULL,
    account     TEXT NOT NULL,
    reason      TEXT NOT NULL,
    since       INTEGER NOT NULL,
    until       INTEGER NOT NULL,
    by          TEXT NOT NULL,
    role        TEXT NOT NULL,
    PRIMARY KEY (usage_point, transformer, account, reason)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX care_transformer ON care (transformer);
  CREATE INDEX care_account ON care (account);
  CREATE INDEX care_reason ON care (reason, until);
  `,
  `
  -- When a message of the quarantine was taken again.
  ALTER TABLE quarantine ADD COLUMN replayed_at INTEGER;
  CREATE INDEX quarantine_position ON quarantine (position);
  `,
  `
  -- What gateways say became of messages; null: nothing was said.
  ALTER TABLE customer_messages ADD COLUMN receipt TEXT;
  ALTER TABLE customer_messages ADD COLUMN receipt_at INTEGER;
  -- A message of this outage did not arrive on the channel.
  ALTER TABLE episodes ADD COLUMN unreachable INTEGER NOT NULL DEFAULT 0;
  -- Who wants to hear no more on a channel (退订) until asking for it again.
  CREATE TABLE refusals (
    account TEXT NOT NULL,
    channel TEXT NOT NULL,
    at      INTEGER NOT NULL,
    PRIMARY KEY (account, channel)
  ) STRICT;
  `,
  `
  -- Segments that stood over more or less than hangs below their device in the normal state: few.
  CREATE INDEX segments_refed ON segments (from_at) WHERE json_extract(json, '$.refed') IS NOT NULL;
  `,
  `
  -- Where the customer reported from: an incident that opens later over it takes the call in.
  ALTER TABLE contacts ADD COLUMN usage_point TEXT;
  CREATE INDEX contacts_unlinked ON contacts (at) WHERE incident IS NULL AND usage_point IS NOT NULL;
  `,
  `
  -- Where this ledger stands in the changes of each partition of Kafka.
  CREATE TABLE sources (
    partition INTEGER PRIMARY KEY,
    offset    INTEGER NOT NULL,
    epoch     INTEGER NOT NULL
  ) STRICT;
  `,
]
