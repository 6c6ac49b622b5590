/** The layout of `records.db`, one step a version. */
import { LATER_MIGRATIONS } from './later-migrations.ts'

/**
 * All steps. One that was released is never changed;
 * `PRAGMA user_version` counts the steps a file has taken.
 */
export const MIGRATIONS: readonly string[] = [
  `
  -- Engine position and digest of everything below, and who may write it.
  CREATE TABLE state (
    id       INTEGER PRIMARY KEY CHECK (id = 1),
    position INTEGER NOT NULL,
    digest   TEXT NOT NULL,
    at       INTEGER NOT NULL,
    epoch    INTEGER NOT NULL
  ) STRICT;
  INSERT INTO state VALUES (1, 0, '', 0, 0);

  -- What followers read behind their cursors.
  CREATE TABLE changes (
    position INTEGER PRIMARY KEY,
    at       INTEGER NOT NULL,
    json     TEXT NOT NULL
  ) STRICT;
  CREATE INDEX changes_at ON changes (at);
  CREATE TABLE cursors (name TEXT PRIMARY KEY, position INTEGER NOT NULL) STRICT;

  -- The latest revision of each incident; seq is the order in which they were first seen.
  CREATE TABLE incidents (
    seq         INTEGER PRIMARY KEY AUTOINCREMENT,
    id          TEXT NOT NULL UNIQUE,
    revision    INTEGER NOT NULL,
    unit        TEXT NOT NULL,
    feeder      TEXT,
    device      TEXT NOT NULL,
    open        INTEGER NOT NULL,
    grade       INTEGER NOT NULL,
    outage_kind TEXT NOT NULL,
    outcome     TEXT,
    merged_into TEXT,
    started_at  INTEGER NOT NULL,
    changed_at  INTEGER NOT NULL,
    position    INTEGER NOT NULL,
    json        TEXT NOT NULL
  ) STRICT;
  CREATE INDEX incidents_open ON incidents (open, seq);
  CREATE INDEX incidents_unit ON incidents (unit, open, seq);
  CREATE INDEX incidents_changed ON incidents (changed_at);

  CREATE TABLE incident_revisions (
    incident TEXT NOT NULL,
    revision INTEGER NOT NULL,
    position INTEGER NOT NULL,
    at       INTEGER NOT NULL,
    reason   TEXT NOT NULL,
    causes   TEXT NOT NULL,
    json     TEXT NOT NULL,
    PRIMARY KEY (incident, revision)
  ) STRICT;
  CREATE INDEX incident_revisions_position ON incident_revisions (position);

  -- Transformers of an incident that are dark and that came back.
  CREATE TABLE areas (
    incident TEXT PRIMARY KEY,
    revision INTEGER NOT NULL,
    dark     TEXT NOT NULL,
    restored TEXT NOT NULL
  ) STRICT;

  CREATE TABLE segments (
    id       TEXT PRIMARY KEY,
    incident TEXT NOT NULL,
    device   TEXT NOT NULL,
    from_at  INTEGER NOT NULL,
    to_at    INTEGER,
    json     TEXT NOT NULL
  ) STRICT;
  CREATE INDEX segments_incident ON segments (incident);
  CREATE INDEX segments_device ON segments (device, from_at);
  CREATE INDEX segments_from ON segments (from_at);

  CREATE TABLE outbox (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    topic    TEXT NOT NULL,
    incident TEXT NOT NULL,
    revision INTEGER NOT NULL,
    position INTEGER NOT NULL,
    at       INTEGER NOT NULL,
    UNIQUE (topic, incident, revision)
  ) STRICT;

  CREATE TABLE quarantine (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    position INTEGER NOT NULL,
    at       INTEGER NOT NULL,
    reason   TEXT NOT NULL,
    json     TEXT NOT NULL
  ) STRICT;
  CREATE INDEX quarantine_reason ON quarantine (reason, id);
  CREATE INDEX quarantine_at ON quarantine (at);
  CREATE TABLE quarantine_counts (reason TEXT PRIMARY KEY, count INTEGER NOT NULL) STRICT;

  CREATE TABLE actions (
    request_id TEXT PRIMARY KEY,
    position   INTEGER NOT NULL,
    json       TEXT NOT NULL
  ) STRICT;

  CREATE TABLE terminals (
    terminal TEXT PRIMARY KEY,
    link     TEXT NOT NULL,
    at       INTEGER NOT NULL
  ) STRICT;
  `,
  `
  -- Grids and rules as they were applied.
  CREATE TABLE applied (
    position INTEGER PRIMARY KEY,
    what     TEXT NOT NULL,
    digest   TEXT NOT NULL,
    version  TEXT NOT NULL,
    at       INTEGER NOT NULL,
    by       TEXT NOT NULL
  ) STRICT;
  CREATE INDEX applied_what ON applied (what, position);
  `,
  `
  -- Who did or saw what; each entry holds the hash of the one before.
  CREATE TABLE audit (
    no      INTEGER PRIMARY KEY,
    at      INTEGER NOT NULL,
    by      TEXT NOT NULL,
    role    TEXT NOT NULL,
    what    TEXT NOT NULL,
    subject TEXT NOT NULL,
    detail  TEXT NOT NULL,
    hash    TEXT NOT NULL
  ) STRICT;

  -- When a customer spoke to us, by account; what was said is not kept.
  CREATE TABLE contacts (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    account  TEXT NOT NULL,
    at       INTEGER NOT NULL,
    channel  TEXT NOT NULL,
    kind     TEXT NOT NULL,
    incident TEXT,
    by       TEXT NOT NULL,
    -- A repeated request is the same contact.
    request  TEXT NOT NULL UNIQUE
  ) STRICT;
  CREATE INDEX contacts_account ON contacts (account, at);
  CREATE INDEX contacts_incident ON contacts (incident);
  `,
  `
  -- The latest revision of each notice, and what was escalated.
  CREATE TABLE notices (
    seq      INTEGER PRIMARY KEY AUTOINCREMENT,
    incident TEXT NOT NULL UNIQUE,
    no       TEXT UNIQUE,
    unit     TEXT NOT NULL,
    status   TEXT NOT NULL,
    revision INTEGER NOT NULL,
    at       INTEGER NOT NULL,
    json     TEXT NOT NULL
  ) STRICT;
  CREATE INDEX notices_status ON notices (status, seq);
  CREATE TABLE escalations (
    seq      INTEGER PRIMARY KEY AUTOINCREMENT,
    id       TEXT NOT NULL UNIQUE,
    incident TEXT NOT NULL,
    level    INTEGER NOT NULL,
    at       INTEGER NOT NULL,
    json     TEXT NOT NULL
  ) STRICT;
  CREATE INDEX escalations_incident ON escalations (incident);
  `,
  `
  -- Receivers of messages. A robot has no secret; the others sign with each of theirs.
  CREATE TABLE endpoints (
    id          TEXT PRIMARY KEY,
    name        TEXT NOT NULL,
    url         TEXT NOT NULL,
    form        TEXT NOT NULL,
    language    TEXT NOT NULL,
    secrets     TEXT NOT NULL,
    topics      TEXT NOT NULL,
    unit        TEXT,
    created_at  INTEGER NOT NULL,
    by          TEXT NOT NULL,
    disabled_at INTEGER
  ) STRICT;

  -- Messages to them, in place of rows that only said that there was something to tell.
  DROP TABLE outbox;
  CREATE TABLE parcels (
    seq        INTEGER PRIMARY KEY AUTOINCREMENT,
    id         TEXT NOT NULL UNIQUE,
    endpoint   TEXT NOT NULL,
    ord        TEXT NOT NULL,
    topic      TEXT NOT NULL,
    type       TEXT NOT NULL,
    body       TEXT NOT NULL,
    at         INTEGER NOT NULL,
    not_after  INTEGER NOT NULL,
    -- Only for a receiver that may have heard of the matter before.
    follows    INTEGER NOT NULL,
    attempts   INTEGER NOT NULL DEFAULT 0,
    -- When it is to be tried, or expires.
    wake_at    INTEGER NOT NULL,
    state      TEXT NOT NULL DEFAULT 'waiting',
    -- The oldest of its order that waits.
    head       INTEGER NOT NULL DEFAULT 0,
    said       TEXT,
    settled_at INTEGER
  ) STRICT;
  CREATE INDEX parcels_due ON parcels (endpoint, wake_at, seq) WHERE head = 1;
  CREATE INDEX parcels_waiting ON parcels (endpoint) WHERE state = 'waiting';
  CREATE INDEX parcels_order ON parcels (endpoint, ord, seq);
  CREATE INDEX parcels_settled ON parcels (settled_at) WHERE settled_at IS NOT NULL;

  -- Units, clock and texts that messages are composed with.
  CREATE TABLE outbox_context (id INTEGER PRIMARY KEY CHECK (id = 1), json TEXT NOT NULL) STRICT;
  `,
  `
  -- Who asked to be told of outages. No names, no numbers.
  CREATE TABLE subscriptions (
    id         TEXT PRIMARY KEY,
    account    TEXT,
    area       TEXT,
    channel    TEXT NOT NULL,
    language   TEXT,
    at_night   INTEGER NOT NULL,
    source     TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    by         TEXT NOT NULL,
    until      INTEGER,
    ended_at   INTEGER,
    CHECK ((account IS NULL) != (area IS NULL))
  ) STRICT;
  CREATE INDEX subscriptions_account ON subscriptions (account) WHERE account IS NOT NULL;
  CREATE INDEX subscriptions_area ON subscriptions (area) WHERE area IS NOT NULL;
  `,
  `
  -- Call-backs (回访): one customer, one outage or complaint, once.
  CREATE TABLE callbacks (
    seq          INTEGER PRIMARY KEY AUTOINCREMENT,
    -- The incident, or the request that complained.
    cause        TEXT NOT NULL,
    incident     TEXT,
    account      TEXT NOT NULL,
    unit         TEXT NOT NULL,
    -- Whose customer it is (谁的客户谁负责); null where no person spoke to the customer yet.
    owner        TEXT,
    channel      TEXT NOT NULL,
    complained   INTEGER NOT NULL,
    opened_at    INTEGER NOT NULL,
    state        TEXT NOT NULL DEFAULT 'open',
    taken_by     TEXT,
    taken_at     INTEGER,
    attempts     INTEGER NOT NULL DEFAULT 0,
    satisfaction INTEGER,
    reason       TEXT,
    settled_by   TEXT,
    settled_at   INTEGER,
    UNIQUE (cause, account)
  ) STRICT;
  CREATE INDEX callbacks_waiting ON callbacks (seq) WHERE state IN ('open', 'taken');
  CREATE INDEX callbacks_account ON callbacks (account);
  CREATE INDEX incidents_merged ON incidents (merged_into) WHERE merged_into IS NOT NULL;
  `,
  `
  -- For reports on a period, and on all that was done about one incident.
  CREATE INDEX incidents_started ON incidents (started_at);
  CREATE INDEX audit_subject ON audit (subject);
  `,
  `
  -- Crews (抢修班组) of units: how many they are and when they work. No person's name.
  CREATE TABLE crews (
    id         TEXT PRIMARY KEY,
    name       TEXT NOT NULL,
    unit       TEXT NOT NULL,
    members    INTEGER NOT NULL,
    shift      TEXT NOT NULL,
    active     INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    by         TEXT NOT NULL
  ) STRICT;

  -- Words of people about the work; everything else refers to them by id.
  CREATE TABLE remarks (
    id       TEXT PRIMARY KEY,
    incident TEXT NOT NULL,
    at       INTEGER NOT NULL,
    by       TEXT NOT NULL,
    text     TEXT NOT NULL
  ) STRICT;
  CREATE INDEX remarks_incident ON remarks (incident);

  -- What was entered about each repair, in order.
  CREATE TABLE repair_log (
    seq      INTEGER PRIMARY KEY AUTOINCREMENT,
    incident TEXT NOT NULL,
    at       INTEGER NOT NULL,
    json     TEXT NOT NULL
  ) STRICT;
  CREATE INDEX repair_log_incident ON repair_log (incident, seq);

  -- What became of a supervision order.
  ALTER TABLE escalations ADD COLUMN reply TEXT;
  ALTER TABLE escalations ADD COLUMN closed_at INTEGER;
  CREATE INDEX escalations_waiting ON escalations (seq) WHERE closed_at IS NULL;

  -- Orders under an order (子单).
  CREATE INDEX incidents_parent ON incidents (json_extract(json, '$.parent'));

  -- Photos of the work; the picture itself lies in a file named by its digest.
  CREATE TABLE attachments (
    id       TEXT PRIMARY KEY,
    incident TEXT NOT NULL,
    digest   TEXT NOT NULL,
    type     TEXT NOT NULL,
    bytes    INTEGER NOT NULL,
    at       INTEGER NOT NULL,
    by       TEXT NOT NULL,
    role     TEXT NOT NULL
  ) STRICT;
  CREATE INDEX attachments_incident ON attachments (incident, at);
  CREATE INDEX attachments_digest ON attachments (digest);
  `,
  `
  -- Channels to customers that a receiver carries.
  ALTER TABLE endpoints ADD COLUMN channels TEXT NOT NULL DEFAULT '[]';
  -- The head of an order is found without passing what is settled.
  CREATE INDEX parcels_waiting_order ON parcels (endpoint, ord, seq) WHERE state = 'waiting';

  -- Incidents whose customers are to be looked at: one row each, however many revisions.
  CREATE TABLE audiences (
    subject TEXT PRIMARY KEY,
    -- What of the incident customers would notice.
    said    TEXT NOT NULL,
    -- Counts what was noticed; the walk under way began at this one.
    wanted  INTEGER NOT NULL,
    walking INTEGER,
    phase   TEXT,
    after   INTEGER NOT NULL DEFAULT -1,
    -- Of the grid that the place in the walk is a place of.
    grid    TEXT NOT NULL DEFAULT '',
    -- When it is to be looked at, and when again as far as the walk has found out.
    due_at  INTEGER,
    wake_at INTEGER
  ) STRICT;
  CREATE INDEX audiences_due ON audiences (due_at) WHERE due_at IS NOT NULL;

  -- What each customer was told of the outage they are in, on each channel.
  CREATE TABLE episodes (
    account      TEXT NOT NULL,
    channel      TEXT NOT NULL,
    incident     TEXT NOT NULL,
    heard        INTEGER NOT NULL,
    waiting      TEXT,
    first_at     INTEGER NOT NULL,
    last_at      INTEGER NOT NULL,
    messages     INTEGER NOT NULL,
    etr          INTEGER,
    etr_moves    INTEGER NOT NULL,
    told_arrived INTEGER NOT NULL,
    told_partial INTEGER NOT NULL,
    PRIMARY KEY (account, channel)
  ) STRICT;
  CREATE INDEX episodes_incident ON episodes (incident);

  -- Messages to customers; several to one receiver travel in one parcel.
  CREATE TABLE customer_messages (
    id        TEXT PRIMARY KEY,
    account   TEXT NOT NULL,
    channel   TEXT NOT NULL,
    incident  TEXT NOT NULL,
    template  TEXT NOT NULL,
    language  TEXT NOT NULL,
    text      TEXT NOT NULL,
    at        INTEGER NOT NULL,
    not_after INTEGER NOT NULL,
    parcel    TEXT NOT NULL,
    -- waiting, tried, delivered; superseded, expired (certainly not heard), failed (perhaps heard).
    state     TEXT NOT NULL
  ) STRICT;
  CREATE INDEX customer_messages_parcel ON customer_messages (parcel);
  CREATE INDEX customer_messages_account ON customer_messages (account, at);
  CREATE INDEX customer_messages_at ON customer_messages (at);
  `,
  `
  -- How long outages lasted, beside what had been said of that.
  CREATE TABLE etr_outcomes (
    incident    TEXT PRIMARY KEY,
    unit        TEXT NOT NULL,
    level       TEXT NOT NULL,
    restored_at INTEGER NOT NULL,
    json        TEXT NOT NULL
  ) STRICT;
  CREATE INDEX etr_outcomes_at ON etr_outcomes (restored_at);
  `,
  ...LATER_MIGRATIONS,
]
