CREATE TABLE public.accounts (
    id character varying(32) NOT NULL,
    login character varying(64) NOT NULL,
    role character varying(20) NOT NULL,
    office_id character varying(8) NOT NULL,
    password_hash character varying(256) NOT NULL,
    disabled_at timestamp without time zone,
    created_at timestamp without time zone NOT NULL,
    name_key character varying(64)
);
CREATE TABLE public.alembic_version (
    version_num character varying(32) NOT NULL
);
CREATE TABLE public.audit (
    seq bigint NOT NULL,
    at timestamp without time zone NOT NULL,
    actor character varying(40) NOT NULL,
    action character varying(40) NOT NULL,
    subject character varying(40),
    facts json NOT NULL
);
CREATE SEQUENCE public.audit_seq_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.audit_seq_seq OWNED BY public.audit.seq;
CREATE TABLE public.checks (
    ticket_id character varying(32) NOT NULL,
    rule_set character varying(10) NOT NULL,
    recipient character varying(8) NOT NULL,
    applicant json NOT NULL,
    visitor json NOT NULL,
    papers json NOT NULL,
    facts json NOT NULL,
    complete boolean NOT NULL,
    checked_by character varying(32) NOT NULL,
    changed_at timestamp without time zone NOT NULL,
    fingerprint character varying(16),
    version integer DEFAULT 1 NOT NULL
);
CREATE TABLE public.counters (
    office_id character varying(8) NOT NULL,
    business_day date NOT NULL,
    series character varying(1) NOT NULL,
    last integer NOT NULL
);
CREATE TABLE public.devices (
    id character varying(32) NOT NULL,
    name character varying(64) NOT NULL,
    kind character varying(20) NOT NULL,
    office_id character varying(8) NOT NULL,
    token_hash character varying(64) NOT NULL,
    created_at timestamp without time zone NOT NULL,
    revoked_at timestamp without time zone
);
CREATE TABLE public.events (
    seq bigint NOT NULL,
    kind character varying(40) NOT NULL,
    at timestamp without time zone NOT NULL,
    office_id character varying(8) NOT NULL,
    business_day date NOT NULL,
    facts json NOT NULL
);
CREATE SEQUENCE public.events_seq_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.events_seq_seq OWNED BY public.events.seq;
CREATE TABLE public.known_browsers (
    token_hash character varying(64) NOT NULL,
    account_id character varying(32) NOT NULL,
    seen_at timestamp without time zone NOT NULL
);
CREATE TABLE public.notices (
    token character varying(32) NOT NULL,
    reservation_id character varying(32) NOT NULL,
    created_at timestamp without time zone NOT NULL,
    revoked_at timestamp without time zone
);
CREATE TABLE public.refusals (
    id character varying(32) NOT NULL,
    at timestamp without time zone NOT NULL,
    office_id character varying(8) NOT NULL,
    device_id character varying(40) NOT NULL,
    reason character varying(20) NOT NULL,
    fingerprint character varying(64)
);
CREATE TABLE public.requests (
    request_id character varying(32) NOT NULL,
    command character varying(40) NOT NULL,
    body_hash character varying(64) NOT NULL,
    reply json NOT NULL,
    at timestamp without time zone NOT NULL
);
CREATE TABLE public.reservations (
    id character varying(32) NOT NULL,
    number character varying(20) NOT NULL,
    card_number character varying(20),
    dispatch_number character varying(20),
    application_id character varying(23),
    name character varying(200) NOT NULL,
    name_kana character varying(200),
    alias character varying(200),
    birth character varying(10),
    address character varying(300),
    phone character varying(30),
    email character varying(254),
    foreign_category character varying(60),
    stay_expires_on date,
    card_expires_on date,
    recipient_type character varying(8),
    proxy_name character varying(200),
    office_id character varying(8),
    starts_at timestamp without time zone,
    window_name character varying(60),
    ward_ticket_number character varying(20),
    state character varying(20) NOT NULL,
    fingerprint character varying(64) NOT NULL,
    imported_at timestamp without time zone NOT NULL,
    updated_at timestamp without time zone NOT NULL
);
CREATE TABLE public.seats (
    office_id character varying(8) NOT NULL,
    "window" character varying(3) NOT NULL,
    account_id character varying(32) NOT NULL,
    taken_at timestamp without time zone NOT NULL
);
CREATE TABLE public.sessions (
    token_hash character varying(64) NOT NULL,
    account_id character varying(32) NOT NULL,
    csrf character varying(64) NOT NULL,
    created_at timestamp without time zone NOT NULL,
    seen_at timestamp without time zone NOT NULL
);
CREATE TABLE public.sign_in_tries (
    key_hash character varying(64) NOT NULL,
    name_hash character varying(64),
    failures integer NOT NULL,
    free_at timestamp without time zone NOT NULL,
    seen_at timestamp without time zone NOT NULL
);
CREATE TABLE public.tickets (
    id character varying(32) NOT NULL,
    office_id character varying(8) NOT NULL,
    business_day date NOT NULL,
    series character varying(1) NOT NULL,
    number integer NOT NULL,
    label character varying(8) NOT NULL,
    state character varying(20) NOT NULL,
    reason character varying(20) NOT NULL,
    priority integer NOT NULL,
    order_at timestamp without time zone NOT NULL,
    reservation_id character varying(32),
    reserved_for timestamp without time zone,
    device_id character varying(40) NOT NULL,
    language character varying(16) NOT NULL,
    created_at timestamp without time zone NOT NULL,
    "window" character varying(3),
    holder character varying(32),
    called_at timestamp without time zone,
    call_count integer NOT NULL,
    print_state character varying(20) NOT NULL,
    print_trouble character varying(20),
    paper_open_at timestamp without time zone
);
ALTER TABLE ONLY public.audit ALTER COLUMN seq SET DEFAULT nextval('public.audit_seq_seq'::regclass);
ALTER TABLE ONLY public.events ALTER COLUMN seq SET DEFAULT nextval('public.events_seq_seq'::regclass);
ALTER TABLE ONLY public.alembic_version
    ADD CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num);
ALTER TABLE ONLY public.accounts
    ADD CONSTRAINT pk_accounts PRIMARY KEY (id);
ALTER TABLE ONLY public.audit
    ADD CONSTRAINT pk_audit PRIMARY KEY (seq);
ALTER TABLE ONLY public.checks
    ADD CONSTRAINT pk_checks PRIMARY KEY (ticket_id);
ALTER TABLE ONLY public.counters
    ADD CONSTRAINT pk_counters PRIMARY KEY (office_id, business_day, series);
ALTER TABLE ONLY public.devices
    ADD CONSTRAINT pk_devices PRIMARY KEY (id);
ALTER TABLE ONLY public.events
    ADD CONSTRAINT pk_events PRIMARY KEY (seq);
ALTER TABLE ONLY public.known_browsers
    ADD CONSTRAINT pk_known_browsers PRIMARY KEY (token_hash, account_id);
ALTER TABLE ONLY public.notices
    ADD CONSTRAINT pk_notices PRIMARY KEY (token);
ALTER TABLE ONLY public.refusals
    ADD CONSTRAINT pk_refusals PRIMARY KEY (id);
ALTER TABLE ONLY public.requests
    ADD CONSTRAINT pk_requests PRIMARY KEY (request_id);
ALTER TABLE ONLY public.reservations
    ADD CONSTRAINT pk_reservations PRIMARY KEY (id);
ALTER TABLE ONLY public.seats
    ADD CONSTRAINT pk_seats PRIMARY KEY (office_id, "window");
ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT pk_sessions PRIMARY KEY (token_hash);
ALTER TABLE ONLY public.sign_in_tries
    ADD CONSTRAINT pk_sign_in_tries PRIMARY KEY (key_hash);
ALTER TABLE ONLY public.tickets
    ADD CONSTRAINT pk_tickets PRIMARY KEY (id);
ALTER TABLE ONLY public.accounts
    ADD CONSTRAINT uq_accounts_login UNIQUE (login);
ALTER TABLE ONLY public.devices
    ADD CONSTRAINT uq_devices_name UNIQUE (name);
ALTER TABLE ONLY public.devices
    ADD CONSTRAINT uq_devices_token_hash UNIQUE (token_hash);
ALTER TABLE ONLY public.reservations
    ADD CONSTRAINT uq_reservations_number UNIQUE (number);
ALTER TABLE ONLY public.seats
    ADD CONSTRAINT uq_seats_account_id UNIQUE (account_id);
CREATE INDEX ix_audit_at ON public.audit USING btree (at);
CREATE INDEX ix_audit_subject ON public.audit USING btree (subject);
CREATE INDEX ix_events_at ON public.events USING btree (at);
CREATE INDEX ix_events_office_id_business_day_kind_seq ON public.events USING btree (office_id, business_day, kind, seq);
CREATE INDEX ix_events_office_id_seq ON public.events USING btree (office_id, seq);
CREATE INDEX ix_known_browsers_account_id ON public.known_browsers USING btree (account_id);
CREATE INDEX ix_known_browsers_seen_at ON public.known_browsers USING btree (seen_at);
CREATE INDEX ix_notices_reservation_id ON public.notices USING btree (reservation_id);
CREATE INDEX ix_refusals_at ON public.refusals USING btree (at);
CREATE INDEX ix_requests_at ON public.requests USING btree (at);
CREATE INDEX ix_reservations_card_number ON public.reservations USING btree (card_number);
CREATE INDEX ix_reservations_dispatch_number ON public.reservations USING btree (dispatch_number);
CREATE INDEX ix_reservations_office_id_starts_at ON public.reservations USING btree (office_id, starts_at);
CREATE INDEX ix_sessions_account_id ON public.sessions USING btree (account_id);
CREATE INDEX ix_sign_in_tries_name_hash ON public.sign_in_tries USING btree (name_hash);
CREATE INDEX ix_sign_in_tries_seen_at ON public.sign_in_tries USING btree (seen_at);
CREATE INDEX ix_tickets_paper_open ON public.tickets USING btree (office_id, business_day, paper_open_at) WHERE (paper_open_at IS NOT NULL);
CREATE INDEX ix_tickets_queue ON public.tickets USING btree (office_id, business_day, state, priority, order_at, number);
CREATE UNIQUE INDEX uq_accounts_name_key ON public.accounts USING btree (name_key);
CREATE UNIQUE INDEX uq_tickets_living_number ON public.tickets USING btree (office_id, business_day, series, number) WHERE ((state)::text = ANY ((ARRAY['absent'::character varying, 'called'::character varying, 'called_to_issuance'::character varying, 'handed_over'::character varying, 'incomplete'::character varying, 'serving'::character varying, 'waiting'::character varying])::text[]));
CREATE UNIQUE INDEX uq_tickets_notice_day ON public.tickets USING btree (reservation_id, business_day) WHERE ((reservation_id IS NOT NULL) AND ((state)::text <> 'cancelled'::text));
CREATE UNIQUE INDEX uq_tickets_window ON public.tickets USING btree (office_id, business_day, "window") WHERE ((state)::text = ANY ((ARRAY['called'::character varying, 'called_to_issuance'::character varying, 'serving'::character varying])::text[]));
ALTER TABLE ONLY public.checks
    ADD CONSTRAINT fk_checks_ticket_id_tickets FOREIGN KEY (ticket_id) REFERENCES public.tickets(id);
ALTER TABLE ONLY public.known_browsers
    ADD CONSTRAINT fk_known_browsers_account_id_accounts FOREIGN KEY (account_id) REFERENCES public.accounts(id);
ALTER TABLE ONLY public.notices
    ADD CONSTRAINT fk_notices_reservation_id_reservations FOREIGN KEY (reservation_id) REFERENCES public.reservations(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.seats
    ADD CONSTRAINT fk_seats_account_id_accounts FOREIGN KEY (account_id) REFERENCES public.accounts(id);
ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT fk_sessions_account_id_accounts FOREIGN KEY (account_id) REFERENCES public.accounts(id);
ALTER TABLE ONLY public.tickets
    ADD CONSTRAINT fk_tickets_reservation_id_reservations FOREIGN KEY (reservation_id) REFERENCES public.reservations(id) ON DELETE SET NULL;
