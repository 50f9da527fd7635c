CREATE TABLE accounts (
	id VARCHAR(32) NOT NULL, 
	login VARCHAR(64) NOT NULL, 
	role VARCHAR(20) NOT NULL, 
	office_id VARCHAR(8) NOT NULL, 
	password_hash VARCHAR(256) NOT NULL, 
	disabled_at DATETIME, 
	created_at DATETIME NOT NULL, name_key VARCHAR(64), 
	CONSTRAINT pk_accounts PRIMARY KEY (id), 
	CONSTRAINT uq_accounts_login UNIQUE (login)
);
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
CREATE TABLE audit (
	seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	at DATETIME NOT NULL, 
	actor VARCHAR(40) NOT NULL, 
	action VARCHAR(40) NOT NULL, 
	subject VARCHAR(40), 
	facts JSON NOT NULL
);
CREATE TABLE checks (
	ticket_id VARCHAR(32) NOT NULL, 
	rule_set VARCHAR(10) NOT NULL, 
	recipient VARCHAR(8) NOT NULL, 
	applicant JSON NOT NULL, 
	visitor JSON NOT NULL, 
	papers JSON NOT NULL, 
	facts JSON NOT NULL, 
	complete BOOLEAN NOT NULL, 
	checked_by VARCHAR(32) NOT NULL, 
	changed_at DATETIME NOT NULL, fingerprint VARCHAR(16), version INTEGER DEFAULT '1' NOT NULL, 
	CONSTRAINT pk_checks PRIMARY KEY (ticket_id), 
	CONSTRAINT fk_checks_ticket_id_tickets FOREIGN KEY(ticket_id) REFERENCES tickets (id)
);
CREATE TABLE counters (
	office_id VARCHAR(8) NOT NULL, 
	business_day DATE NOT NULL, 
	series VARCHAR(1) NOT NULL, 
	last INTEGER NOT NULL, 
	CONSTRAINT pk_counters PRIMARY KEY (office_id, business_day, series)
);
CREATE TABLE devices (
	id VARCHAR(32) NOT NULL, 
	name VARCHAR(64) NOT NULL, 
	kind VARCHAR(20) NOT NULL, 
	office_id VARCHAR(8) NOT NULL, 
	token_hash VARCHAR(64) NOT NULL, 
	created_at DATETIME NOT NULL, 
	revoked_at DATETIME, 
	CONSTRAINT pk_devices PRIMARY KEY (id), 
	CONSTRAINT uq_devices_name UNIQUE (name), 
	CONSTRAINT uq_devices_token_hash UNIQUE (token_hash)
);
CREATE TABLE events (
	seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	kind VARCHAR(40) NOT NULL, 
	at DATETIME NOT NULL, 
	office_id VARCHAR(8) NOT NULL, 
	business_day DATE NOT NULL, 
	facts JSON NOT NULL
);
CREATE TABLE known_browsers (
	token_hash VARCHAR(64) NOT NULL, 
	account_id VARCHAR(32) NOT NULL, 
	seen_at DATETIME NOT NULL, 
	CONSTRAINT pk_known_browsers PRIMARY KEY (token_hash, account_id), 
	CONSTRAINT fk_known_browsers_account_id_accounts FOREIGN KEY(account_id) REFERENCES accounts (id)
);
CREATE TABLE notices (
	token VARCHAR(32) NOT NULL, 
	reservation_id VARCHAR(32) NOT NULL, 
	created_at DATETIME NOT NULL, 
	revoked_at DATETIME, 
	CONSTRAINT pk_notices PRIMARY KEY (token), 
	CONSTRAINT fk_notices_reservation_id_reservations FOREIGN KEY(reservation_id) REFERENCES reservations (id) ON DELETE CASCADE
);
CREATE TABLE refusals (
	id VARCHAR(32) NOT NULL, 
	at DATETIME NOT NULL, 
	office_id VARCHAR(8) NOT NULL, 
	device_id VARCHAR(40) NOT NULL, 
	reason VARCHAR(20) NOT NULL, 
	fingerprint VARCHAR(64), 
	CONSTRAINT pk_refusals PRIMARY KEY (id)
);
CREATE TABLE requests (
	request_id VARCHAR(32) NOT NULL, 
	command VARCHAR(40) NOT NULL, 
	body_hash VARCHAR(64) NOT NULL, 
	reply JSON NOT NULL, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_requests PRIMARY KEY (request_id)
);
CREATE TABLE reservations (
	id VARCHAR(32) NOT NULL, 
	number VARCHAR(20) NOT NULL, 
	card_number VARCHAR(20), 
	dispatch_number VARCHAR(20), 
	application_id VARCHAR(23), 
	name VARCHAR(200) NOT NULL, 
	name_kana VARCHAR(200), 
	alias VARCHAR(200), 
	birth VARCHAR(10), 
	address VARCHAR(300), 
	phone VARCHAR(30), 
	email VARCHAR(254), 
	foreign_category VARCHAR(60), 
	stay_expires_on DATE, 
	card_expires_on DATE, 
	recipient_type VARCHAR(8), 
	proxy_name VARCHAR(200), 
	office_id VARCHAR(8), 
	starts_at DATETIME, 
	window_name VARCHAR(60), 
	ward_ticket_number VARCHAR(20), 
	state VARCHAR(20) NOT NULL, 
	fingerprint VARCHAR(64) NOT NULL, 
	imported_at DATETIME NOT NULL, 
	updated_at DATETIME NOT NULL, 
	CONSTRAINT pk_reservations PRIMARY KEY (id), 
	CONSTRAINT uq_reservations_number UNIQUE (number)
);
CREATE TABLE seats (
	office_id VARCHAR(8) NOT NULL, 
	window VARCHAR(3) NOT NULL, 
	account_id VARCHAR(32) NOT NULL, 
	taken_at DATETIME NOT NULL, 
	CONSTRAINT pk_seats PRIMARY KEY (office_id, window), 
	CONSTRAINT fk_seats_account_id_accounts FOREIGN KEY(account_id) REFERENCES accounts (id), 
	CONSTRAINT uq_seats_account_id UNIQUE (account_id)
);
CREATE TABLE sessions (
	token_hash VARCHAR(64) NOT NULL, 
	account_id VARCHAR(32) NOT NULL, 
	csrf VARCHAR(64) NOT NULL, 
	created_at DATETIME NOT NULL, 
	seen_at DATETIME NOT NULL, 
	CONSTRAINT pk_sessions PRIMARY KEY (token_hash), 
	CONSTRAINT fk_sessions_account_id_accounts FOREIGN KEY(account_id) REFERENCES accounts (id)
);
CREATE TABLE sign_in_tries (
	key_hash VARCHAR(64) NOT NULL, 
	name_hash VARCHAR(64), 
	failures INTEGER NOT NULL, 
	free_at DATETIME NOT NULL, 
	seen_at DATETIME NOT NULL, 
	CONSTRAINT pk_sign_in_tries PRIMARY KEY (key_hash)
);
CREATE TABLE tickets (
	id VARCHAR(32) NOT NULL, 
	office_id VARCHAR(8) NOT NULL, 
	business_day DATE NOT NULL, 
	series VARCHAR(1) NOT NULL, 
	number INTEGER NOT NULL, 
	label VARCHAR(8) NOT NULL, 
	state VARCHAR(20) NOT NULL, 
	reason VARCHAR(20) NOT NULL, 
	priority INTEGER NOT NULL, 
	order_at DATETIME NOT NULL, 
	reservation_id VARCHAR(32), 
	reserved_for DATETIME, 
	device_id VARCHAR(40) NOT NULL, 
	language VARCHAR(16) NOT NULL, 
	created_at DATETIME NOT NULL, 
	window VARCHAR(3), 
	holder VARCHAR(32), 
	called_at DATETIME, 
	call_count INTEGER NOT NULL, 
	print_state VARCHAR(20) NOT NULL, 
	print_trouble VARCHAR(20), paper_open_at DATETIME, 
	CONSTRAINT pk_tickets PRIMARY KEY (id), 
	CONSTRAINT fk_tickets_reservation_id_reservations FOREIGN KEY(reservation_id) REFERENCES reservations (id) ON DELETE SET NULL
);
CREATE INDEX ix_audit_at ON audit (at);
CREATE INDEX ix_audit_subject ON audit (subject);
CREATE INDEX ix_events_at ON events (at);
CREATE INDEX ix_events_office_id_business_day_kind_seq ON events (office_id, business_day, kind, seq);
CREATE INDEX ix_events_office_id_seq ON events (office_id, seq);
CREATE INDEX ix_known_browsers_account_id ON known_browsers (account_id);
CREATE INDEX ix_known_browsers_seen_at ON known_browsers (seen_at);
CREATE INDEX ix_notices_reservation_id ON notices (reservation_id);
CREATE INDEX ix_refusals_at ON refusals (at);
CREATE INDEX ix_requests_at ON requests (at);
CREATE INDEX ix_reservations_card_number ON reservations (card_number);
CREATE INDEX ix_reservations_dispatch_number ON reservations (dispatch_number);
CREATE INDEX ix_reservations_office_id_starts_at ON reservations (office_id, starts_at);
CREATE INDEX ix_sessions_account_id ON sessions (account_id);
CREATE INDEX ix_sign_in_tries_name_hash ON sign_in_tries (name_hash);
CREATE INDEX ix_sign_in_tries_seen_at ON sign_in_tries (seen_at);
CREATE INDEX ix_tickets_paper_open ON tickets (office_id, business_day, paper_open_at) WHERE paper_open_at IS NOT NULL;
CREATE INDEX ix_tickets_queue ON tickets (office_id, business_day, state, priority, order_at, number);
CREATE UNIQUE INDEX uq_accounts_name_key ON accounts (name_key);
CREATE UNIQUE INDEX uq_tickets_living_number ON tickets (office_id, business_day, series, number) WHERE state IN ('absent', 'called', 'called_to_issuance', 'handed_over', 'incomplete', 'serving', 'waiting');
CREATE UNIQUE INDEX uq_tickets_notice_day ON tickets (reservation_id, business_day) WHERE reservation_id IS NOT NULL AND state <> 'cancelled';
CREATE UNIQUE INDEX uq_tickets_window ON tickets (office_id, business_day, window) WHERE state IN ('called', 'called_to_issuance', 'serving');
