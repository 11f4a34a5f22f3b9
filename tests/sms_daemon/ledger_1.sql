-- The tables of sms.db as the first build made them (user_version 1).
CREATE TABLE ledger (name TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE message (
    id BLOB PRIMARY KEY, kind TEXT NOT NULL, rank INTEGER NOT NULL, customer BLOB, recipient TEXT NOT NULL,
    text TEXT NOT NULL, coding TEXT NOT NULL, udh INTEGER, parts INTEGER NOT NULL, digest BLOB NOT NULL,
    modem TEXT NOT NULL DEFAULT '', state TEXT NOT NULL, reason TEXT, made_at INTEGER NOT NULL, not_before INTEGER,
    expires INTEGER, due_at INTEGER, changed_at INTEGER NOT NULL, exempt INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE INDEX message_ready ON message (rank, modem, made_at, id) WHERE state = 'queued';
CREATE INDEX message_waiting ON message (due_at) WHERE state = 'waiting';
CREATE INDEX message_state ON message (state, changed_at);
CREATE INDEX message_open ON message (made_at) WHERE state IN ('queued', 'waiting', 'sending');
CREATE INDEX message_same ON message (digest, made_at);
CREATE TABLE part (
    message BLOB NOT NULL, part INTEGER NOT NULL, text TEXT NOT NULL, state TEXT NOT NULL, reason TEXT,
    tries INTEGER NOT NULL DEFAULT 0, modem TEXT, imsi TEXT, reference INTEGER, sent_at INTEGER, report TEXT,
    PRIMARY KEY (message, part)
) WITHOUT ROWID;
CREATE INDEX part_state ON part (state);
CREATE TABLE attempt (
    id INTEGER PRIMARY KEY, message BLOB NOT NULL, part INTEGER NOT NULL, boot BLOB NOT NULL, modem TEXT NOT NULL,
    imei TEXT, imsi TEXT, began INTEGER NOT NULL, ended INTEGER, outcome TEXT, code INTEGER, reference INTEGER
);
CREATE INDEX attempt_part ON attempt (message, part);
CREATE INDEX attempt_began ON attempt (began);
CREATE INDEX attempt_reference ON attempt (reference, began) WHERE reference IS NOT NULL;
CREATE INDEX attempt_outcome ON attempt (outcome, began);
CREATE TABLE report (
    id INTEGER PRIMARY KEY, sender TEXT NOT NULL, imsi TEXT, reference INTEGER NOT NULL, status INTEGER NOT NULL,
    at INTEGER NOT NULL, message BLOB, part INTEGER
);
CREATE TABLE inbound_part (
    id INTEGER PRIMARY KEY, imsi TEXT NOT NULL, sender TEXT NOT NULL, smsc_at TEXT NOT NULL, ref INTEGER NOT NULL,
    total INTEGER NOT NULL, part INTEGER NOT NULL, text TEXT NOT NULL, at INTEGER NOT NULL, modem TEXT NOT NULL,
    fact INTEGER, UNIQUE (imsi, sender, smsc_at, ref, part, text)
);
CREATE INDEX inbound_waiting ON inbound_part (imsi, sender, ref, total) WHERE fact IS NULL;
CREATE TABLE device (
    modem TEXT PRIMARY KEY, state TEXT NOT NULL, reason TEXT, since INTEGER NOT NULL, imei TEXT, imsi TEXT,
    operator TEXT, registration TEXT, signal INTEGER, sim_used INTEGER, sim_size INTEGER, balance INTEGER,
    balance_at INTEGER, restarts INTEGER NOT NULL DEFAULT 0, pin_refused TEXT
) WITHOUT ROWID;
CREATE TABLE fact (id INTEGER PRIMARY KEY, kind TEXT NOT NULL, message BLOB, at INTEGER NOT NULL, body TEXT NOT NULL);
