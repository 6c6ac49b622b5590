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
  `
  -- How many messages to customers an outage has and what became of them; stays when they are dropped.
  -- Kept by the table itself, so that whoever changes a message cannot forget it.
  CREATE TABLE pushes (
    incident TEXT NOT NULL,
    channel  TEXT NOT NULL,
    template TEXT NOT NULL,
    -- waiting, superseded, expired, sent, unsure, delivered, failed.
    state    TEXT NOT NULL,
    count    INTEGER NOT NULL,
    last_at  INTEGER NOT NULL,
    PRIMARY KEY (incident, channel, template, state)
  ) STRICT, WITHOUT ROWID;
  INSERT INTO pushes SELECT incident, channel, template, CASE WHEN receipt IS NOT NULL THEN receipt WHEN state = 'failed' THEN 'unsure'
    WHEN state IN ('tried', 'delivered') THEN 'sent' ELSE state END, count(*), max(at)
    FROM customer_messages GROUP BY 1, 2, 3, 4;
  CREATE TRIGGER customer_messages_written AFTER INSERT ON customer_messages BEGIN
    INSERT INTO pushes VALUES (new.incident, new.channel, new.template, new.state, 1, new.at)
      ON CONFLICT DO UPDATE SET count = count + 1, last_at = max(last_at, excluded.last_at);
  END;
  CREATE TRIGGER customer_messages_turned AFTER UPDATE OF state, receipt ON customer_messages BEGIN
    UPDATE pushes SET count = count - 1 WHERE incident = old.incident AND channel = old.channel
      AND template = old.template AND state = CASE WHEN old.receipt IS NOT NULL THEN old.receipt WHEN old.state = 'failed' THEN 'unsure'
    WHEN old.state IN ('tried', 'delivered') THEN 'sent' ELSE old.state END;
    INSERT INTO pushes VALUES (new.incident, new.channel, new.template, CASE WHEN new.receipt IS NOT NULL THEN new.receipt WHEN new.state = 'failed' THEN 'unsure'
    WHEN new.state IN ('tried', 'delivered') THEN 'sent' ELSE new.state END, 1, new.at)
      ON CONFLICT DO UPDATE SET count = count + 1, last_at = max(last_at, excluded.last_at);
  END;

  -- Customers of an outage who asked to be told: as the last walk over those without supply found them.
  CREATE TABLE listeners (
    incident TEXT PRIMARY KEY,
    -- Of the last whole walk, and when it ended; null before.
    counted  INTEGER,
    at       INTEGER,
    -- Of the walk under way.
    counting INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  `,
  `
  -- Visits to customers whose life hangs on supply, by place alone: who the customer is, the customer
  -- ledger knows.
  CREATE TABLE visits (
    seq         INTEGER PRIMARY KEY AUTOINCREMENT,
    id          TEXT NOT NULL UNIQUE,
    incident    TEXT NOT NULL,
    usage_point TEXT NOT NULL,
    transformer TEXT,
    unit        TEXT NOT NULL,
    opened_at   INTEGER NOT NULL,
    due_at      INTEGER NOT NULL,
    state       TEXT NOT NULL,
    taken_by    TEXT,
    taken_at    INTEGER,
    outcome     TEXT,
    settled_by  TEXT,
    settled_at  INTEGER
  ) STRICT;
  CREATE INDEX visits_waiting ON visits (seq) WHERE state IN ('open', 'taken');
  CREATE INDEX visits_incident ON visits (incident);
  `,
  `
  -- Complaints until they are answered; what was said is not kept.
  CREATE TABLE complaints (
    seq         INTEGER PRIMARY KEY AUTOINCREMENT,
    request     TEXT NOT NULL UNIQUE,
    account     TEXT NOT NULL,
    unit        TEXT NOT NULL,
    incident    TEXT,
    reason      TEXT NOT NULL,
    channel     TEXT NOT NULL,
    by          TEXT NOT NULL,
    received_at INTEGER NOT NULL,
    due_at      INTEGER NOT NULL,
    level       INTEGER NOT NULL DEFAULT -1,
    answered_at INTEGER,
    answered_by TEXT,
    resolution  TEXT
  ) STRICT;
  CREATE INDEX complaints_waiting ON complaints (seq) WHERE answered_at IS NULL;
  CREATE INDEX complaints_account ON complaints (account);
  `,
  `
  -- Where an outage is by the addresses of those without supply; places of a few customers are not kept.
  CREATE TABLE places (
    incident TEXT PRIMARY KEY,
    -- Of the last whole walk, the largest first, as JSON; null before.
    counted  TEXT,
    -- Of the walk under way.
    counting TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  `,
  `
  -- Contacts with important customers beside visits to life support.
  ALTER TABLE visits ADD COLUMN reason TEXT NOT NULL DEFAULT 'lifeSupport';
  `,
  `
  -- Who was told that supply is back, while the incident may still be called a mistake.
  ALTER TABLE episodes ADD COLUMN told_end INTEGER NOT NULL DEFAULT 0;
  `,
]
