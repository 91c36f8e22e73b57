CREATE EXTENSION IF NOT EXISTS timescaledb
;;
CREATE TABLE IF NOT EXISTS schema_migrations (
               version int PRIMARY KEY, name text NOT NULL, sha256 text NOT NULL,
               applied_at timestamptz NOT NULL DEFAULT now())
;;
-- The spine: who and what we know (devices, people), what devices said beside their wide tables, and what was refused.
-- Product tables (telemetry_<product>) are made from the catalogue by store/product_tables.py.

CREATE EXTENSION IF NOT EXISTS btree_gist;
CREATE EXTENSION IF NOT EXISTS pg_trgm;

-- Time as devices and programs have it: milliseconds since the epoch, UTC. Simple enough for the planner to inline.
CREATE FUNCTION at_ms(ms bigint) RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE
    RETURN 'epoch'::timestamptz + ms * interval '1 ms';
CREATE FUNCTION ms_of(at timestamptz) RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE
    RETURN (extract(epoch FROM at) * 1000)::bigint;

-- What the catalogue declared when each product's table was last brought up to date.
CREATE TABLE products (
    product    text PRIMARY KEY,
    version    int NOT NULL,
    definition jsonb NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now()
);

-- A changed type or unit is a new key: what a column has once meant is kept here and checked.
CREATE TABLE product_signals (
    product text NOT NULL REFERENCES products,
    key     text NOT NULL,
    type    text NOT NULL,
    unit    text NOT NULL,
    PRIMARY KEY (product, key)
);

CREATE TABLE devices (
    device_id      int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    device         text NOT NULL UNIQUE CHECK (device ~ '^[A-Za-z0-9._-]{1,64}$'),
    product        text NOT NULL REFERENCES products,
    serial         text,
    batch          text,
    hardware       text,
    status         text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'suspended', 'quarantined', 'retired')),
    secret_sha256  bytea,                      -- null: no credentials (revoked or not yet issued)
    mqtt_password  text,                       -- Mosquitto's $7$ PBKDF2-SHA512 form
    secret_at      timestamptz,
    created_at     timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX devices_product ON devices (product, device);
CREATE INDEX devices_search ON devices USING gin ((device || ' ' || coalesce(serial, '')) gin_trgm_ops);

CREATE TABLE customers (
    customer_id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    customer    text NOT NULL UNIQUE CHECK (customer ~ '^[A-Za-z0-9._-]{1,64}$'),
    name        text NOT NULL,
    language    text NOT NULL DEFAULT 'en' CHECK (language IN ('en', 'fa')),
    zone        text NOT NULL,
    calendar    text NOT NULL DEFAULT 'gregorian' CHECK (calendar IN ('gregorian', 'persian')),
    week_start  smallint NOT NULL DEFAULT 1 CHECK (week_start BETWEEN 1 AND 7),   -- ISO: 1 = Monday
    weekend     smallint[] NOT NULL DEFAULT '{6,7}',
    created_at  timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX customers_search ON customers USING gin ((customer || ' ' || name) gin_trgm_ops);

CREATE TABLE ownerships (
    ownership_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    device_id    int NOT NULL REFERENCES devices,
    customer_id  int NOT NULL REFERENCES customers,
    zone         text NOT NULL,                -- where the unit stands; days are counted there
    during       tstzrange NOT NULL CHECK (NOT isempty(during) AND NOT lower_inf(during)),
    EXCLUDE USING gist (device_id WITH =, during WITH &&)
);
CREATE INDEX ownerships_customer ON ownerships (customer_id);

CREATE TABLE users (
    user_id       int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name          text NOT NULL UNIQUE,
    display_name  text NOT NULL,
    roles         text[] NOT NULL CHECK (
        cardinality(roles) > 0
        AND roles <@ ARRAY['admin', 'support', 'maintenance', 'clinician', 'carer', 'stock', 'quality']),
    active        boolean NOT NULL DEFAULT true,
    created_at    timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE tokens (
    token_id     int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id      int NOT NULL REFERENCES users,
    label        text NOT NULL,
    token_sha256 bytea NOT NULL UNIQUE,
    created_at   timestamptz NOT NULL DEFAULT now(),
    expires_at   timestamptz,
    revoked_at   timestamptz
);

CREATE TABLE care_team (
    user_id     int NOT NULL REFERENCES users,
    customer_id int NOT NULL REFERENCES customers,
    during      tstzrange NOT NULL CHECK (NOT isempty(during) AND NOT lower_inf(during)),
    EXCLUDE USING gist (user_id WITH =, customer_id WITH =, during WITH &&)
);
CREATE INDEX care_team_customer ON care_team (customer_id);

CREATE TABLE consents (
    customer_id int NOT NULL REFERENCES customers,
    purpose     text NOT NULL CHECK (purpose ~ '^[a-z][a-z0-9_]{0,47}$'),
    during      tstzrange NOT NULL CHECK (NOT isempty(during) AND NOT lower_inf(during)),
    EXCLUDE USING gist (customer_id WITH =, purpose WITH =, during WITH &&)
);

-- Who saw and did what. Append-only: months are dropped whole by retention, rows never change.
CREATE TABLE audit (
    audit_id    bigint GENERATED ALWAYS AS IDENTITY,
    at          timestamptz NOT NULL DEFAULT now(),
    actor       text NOT NULL,                 -- 'user:<name>', 'device:<device>', 'system:<command>'
    roles       text[] NOT NULL DEFAULT '{}',
    action      text NOT NULL,                 -- e.g. 'device.read', 'device.register', 'usage.read'
    object_type text NOT NULL,
    object      text NOT NULL,
    customer    text,                          -- the person whose data it was, when there is one
    outcome     text NOT NULL DEFAULT 'allowed' CHECK (outcome IN ('allowed', 'denied')),
    detail      jsonb NOT NULL DEFAULT '{}',
    PRIMARY KEY (audit_id, at)
) PARTITION BY RANGE (at);
CREATE INDEX audit_at ON audit (at);
CREATE INDEX audit_actor ON audit (actor, at);
CREATE INDEX audit_object ON audit (object_type, object, at);
CREATE INDEX audit_customer ON audit (customer, at) WHERE customer IS NOT NULL;

CREATE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'audit is append-only' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE ON audit
    FOR EACH ROW EXECUTE FUNCTION audit_is_append_only();
CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON audit
    FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only();

CREATE TABLE idempotency (
    actor      text NOT NULL,
    key        text NOT NULL,
    request    bytea NOT NULL,                 -- SHA-256 of method, path and body
    status     int,                            -- null while the first request is still running
    response   jsonb,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (actor, key)
);

-- Events of all products. Same identity as readings: one seq counter serves both.
CREATE TABLE events (
    device_id int NOT NULL,
    ts        timestamptz NOT NULL,
    boot      int NOT NULL,
    seq       bigint NOT NULL,
    lag_ms    bigint NOT NULL,                 -- arrival minus ts
    quality   smallint NOT NULL,
    kind      text NOT NULL,
    attrs     jsonb NOT NULL,
    extra     jsonb,
    PRIMARY KEY (device_id, ts, boot, seq)
);
CREATE INDEX events_kind ON events (device_id, kind, ts);

-- Latest value per signal, {key: [ts_ms, boot, seq, value]}; also the lock that orders batches of one device. Merged
-- by the program under that lock and always read whole: json, for jsonb costs 5 us a document to write out as text.
CREATE TABLE latest (
    device_id  int PRIMARY KEY REFERENCES devices,
    signals    json NOT NULL DEFAULT '{}',
    ts         timestamptz,                    -- newest element
    updated_at timestamptz NOT NULL            -- last arrival: "last seen", written once a batch
) WITH (fillfactor = 70);

-- Reported state and presence, ordered by (boot, conn), offline after online of the same conn.
CREATE TABLE device_state (
    device_id       int PRIMARY KEY REFERENCES devices,
    online          boolean NOT NULL,
    boot            int NOT NULL,
    conn            bigint NOT NULL,
    ts              timestamptz,
    arrived_at      timestamptz NOT NULL,
    firmware        text,
    desired_version bigint,
    "values"        jsonb NOT NULL DEFAULT '{}'
) WITH (fillfactor = 70);

CREATE TABLE connections (
    device_id  int NOT NULL REFERENCES devices,
    boot       int NOT NULL,
    conn       bigint NOT NULL,
    online     boolean NOT NULL,
    arrived_at timestamptz NOT NULL,
    ts         timestamptz,
    firmware   text,
    PRIMARY KEY (device_id, boot, conn, online)
);
CREATE INDEX connections_arrival ON connections (device_id, arrived_at);

-- Contiguous runs of seq within a boot: what lies between two runs of a boot is lost (or late).
CREATE TABLE runs (
    device_id int NOT NULL,
    boot      int NOT NULL,
    first_seq bigint NOT NULL,
    last_seq  bigint NOT NULL,
    first_ts  timestamptz NOT NULL,            -- of the element first_seq
    last_ts   timestamptz NOT NULL,            -- of the element last_seq
    PRIMARY KEY (device_id, boot, first_seq)
) WITH (fillfactor = 70);

-- One row a boot: restarts, what each said of the boot before, and reused numbers.
CREATE TABLE boots (
    device_id  int NOT NULL,
    boot       int NOT NULL,
    first_ts   timestamptz NOT NULL,
    last_ts    timestamptz NOT NULL,
    prev_boot  int,
    prev_seq   bigint,
    link_ts    timestamptz,                    -- ts of the element that carried prev
    seq_reused bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (device_id, boot)
) WITH (fillfactor = 70);
CREATE INDEX boots_ts ON boots (device_id, first_ts);
CREATE INDEX boots_prev ON boots (device_id, prev_boot) WHERE prev_boot IS NOT NULL;

-- When we heard from a device, as merged spans [since, until). Spans of one device may touch but a reader must not
-- rely on it. Keyed by since alone so that extending the newest span is a heap-only update.
CREATE TABLE heard (
    device_id int NOT NULL,
    since     timestamptz NOT NULL,
    until     timestamptz NOT NULL CHECK (until > since),
    PRIMARY KEY (device_id, since)
) WITH (fillfactor = 70);

-- The ts an element without a usable clock was given when first stored, so that a redelivery meets the same one.
CREATE TABLE unclocked (
    device_id int NOT NULL,
    boot      int NOT NULL,
    seq       bigint NOT NULL,
    ts        timestamptz NOT NULL,
    PRIMARY KEY (device_id, boot, seq)
);

-- What was refused: the message once, and each refused element with its reason.
CREATE TABLE dead_messages (
    message_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    topic      text NOT NULL,
    sha256     bytea NOT NULL,
    payload    bytea NOT NULL,
    UNIQUE (topic, sha256)
);
CREATE TABLE dead_letters (
    dead_letter_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    message_id    bigint NOT NULL REFERENCES dead_messages ON DELETE CASCADE,
    element_index int NOT NULL,
    reason        text NOT NULL,
    detail        text NOT NULL,
    count         bigint NOT NULL DEFAULT 1,
    first_at      timestamptz NOT NULL DEFAULT now(),
    last_at       timestamptz NOT NULL DEFAULT now(),
    replayed_at   timestamptz,
    UNIQUE (message_id, element_index, reason)
);
CREATE INDEX dead_letters_last ON dead_letters (last_at, dead_letter_id);

-- The subscription slots of ingest workers; the lock itself is an advisory one.
CREATE TABLE ingest_slots (
    slot       int PRIMARY KEY,
    worker     text,                           -- host:pid of the holder, null when free
    held_since timestamptz,
    seen_at    timestamptz NOT NULL DEFAULT now(),
    drained_at timestamptz
)
;;
INSERT INTO schema_migrations (version, name, sha256) VALUES (1, 'spine', 'a7c1a16f83a0db23c5ce054846c4699883430b5879314a030c4a20b40cc77b18')
;;
INSERT INTO products (product, version, definition) VALUES ('pill_dispenser', 1, '{"key":"pill_dispenser","version":1,"label":{"en":"Pill dispenser","fa":"دستگاه توزیع قرص"},"heartbeat_s":1800.0,"signal":[{"key":"power_source","type":"enum","unit":"1","range":null,"values":["mains","battery"],"label":{"en":"Power source","fa":"منبع تغذیه"},"sensitive":false,"kind":"gauge","resolution":null,"regime":true},{"key":"battery_pct","type":"float32","unit":"%","range":[0.0,100.0],"values":[],"label":{"en":"Backup battery charge","fa":"شارژ باتری پشتیبان"},"sensitive":false,"kind":"gauge","resolution":1.0,"regime":false},{"key":"battery_voltage_v","type":"float32","unit":"V","range":[2.5,6.0],"values":[],"label":{"en":"Backup battery voltage","fa":"ولتاژ باتری پشتیبان"},"sensitive":false,"kind":"gauge","resolution":0.01,"regime":false},{"key":"temperature_cel","type":"float32","unit":"Cel","range":[-10.0,60.0],"values":[],"label":{"en":"Temperature","fa":"دما"},"sensitive":false,"kind":"gauge","resolution":0.1,"regime":false},{"key":"humidity_pct","type":"float32","unit":"%","range":[0.0,100.0],"values":[],"label":{"en":"Relative humidity","fa":"رطوبت نسبی"},"sensitive":false,"kind":"gauge","resolution":1.0,"regime":false},{"key":"stepper_current_a","type":"float32","unit":"A","range":[0.0,2.0],"values":[],"label":{"en":"Carousel motor current","fa":"جریان موتور گردونه"},"sensitive":false,"kind":"gauge","resolution":0.005,"regime":false},{"key":"torque_margin_pct","type":"float32","unit":"%","range":[0.0,100.0],"values":[],"label":{"en":"Torque margin of the carousel","fa":"حاشیهٔ گشتاور گردونه"},"sensitive":false,"kind":"gauge","resolution":0.5,"regime":false},{"key":"lost_steps_total","type":"int64","unit":"{step}","range":[0.0,100000000.0],"values":[],"label":{"en":"Steps lost by the carousel","fa":"گام‌های از دست رفتهٔ گردونه"},"sensitive":false,"kind":"counter","resolution":1.0,"regime":false},{"key":"dispense_retries_total","type":"int64","unit":"{retry}","range":[0.0,10000000.0],"values":[],"label":{"en":"Dispensing retried","fa":"تلاش‌های دوباره برای توزیع"},"sensitive":false,"kind":"counter","resolution":1.0,"regime":false},{"key":"optical_level_raw","type":"float32","unit":"1","range":[0.0,4095.0],"values":[],"label":{"en":"Pill sensor light level (raw)","fa":"سطح نور حسگر قرص (خام)"},"sensitive":false,"kind":"gauge","resolution":1.0,"regime":false},{"key":"optical_threshold_raw","type":"float32","unit":"1","range":[0.0,4095.0],"values":[],"label":{"en":"Pill sensor threshold (raw)","fa":"آستانهٔ حسگر قرص (خام)"},"sensitive":false,"kind":"gauge","resolution":1.0,"regime":false},{"key":"false_empties_total","type":"int64","unit":"{event}","range":[0.0,10000000.0],"values":[],"label":{"en":"Falsely seen as empty","fa":"دفعات تشخیص اشتباه خالی بودن"},"sensitive":false,"kind":"counter","resolution":1.0,"regime":false},{"key":"clock_correction_ms","type":"float32","unit":"ms","range":[-60000.0,60000.0],"values":[],"label":{"en":"Clock correction","fa":"تصحیح ساعت"},"sensitive":false,"kind":"gauge","resolution":1.0,"regime":false},{"key":"rssi_dbm","type":"float32","unit":"dB{mW}","range":[-120.0,0.0],"values":[],"label":{"en":"Radio signal strength","fa":"قدرت سیگنال رادیویی"},"sensitive":false,"kind":"gauge","resolution":1.0,"regime":false},{"key":"dispensed_total","type":"int64","unit":"{dose}","range":[0.0,1000000.0],"values":[],"label":{"en":"Doses dispensed in total","fa":"کل نوبت‌های توزیع‌شده"},"sensitive":true,"kind":"counter","resolution":1.0,"regime":false},{"key":"doses_remaining","type":"int64","unit":"{dose}","range":[0.0,500.0],"values":[],"label":{"en":"Doses left","fa":"نوبت‌های باقی‌مانده"},"sensitive":true,"kind":"gauge","resolution":1.0,"regime":false}],"event":[{"key":"dose_due","label":{"en":"Dose due","fa":"نوبت مصرف دارو رسید"},"severity":"info","sensitive":true,"attribute":[{"key":"doses","type":"int64","unit":"{dose}","range":[1.0,20.0],"values":[],"label":{"en":"Doses","fa":"تعداد نوبت"},"sensitive":false,"required":true}]},{"key":"dose_taken","label":{"en":"Dose taken out","fa":"نوبت دارو برداشته شد"},"severity":"info","sensitive":true,"attribute":[{"key":"doses","type":"int64","unit":"{dose}","range":[1.0,20.0],"values":[],"label":{"en":"Doses","fa":"تعداد نوبت"},"sensitive":false,"required":true},{"key":"delay_min","type":"float32","unit":"min","range":[-720.0,1440.0],"values":[],"label":{"en":"Delay after due time","fa":"تأخیر نسبت به زمان مقرر"},"sensitive":false,"required":false}]},{"key":"dose_missed","label":{"en":"Dose missed","fa":"نوبت دارو مصرف نشد"},"severity":"warning","sensitive":true,"attribute":[{"key":"doses","type":"int64","unit":"{dose}","range":[1.0,20.0],"values":[],"label":{"en":"Doses","fa":"تعداد نوبت"},"sensitive":false,"required":true}]},{"key":"refilled","label":{"en":"Refilled","fa":"دوباره پر شد"},"severity":"info","sensitive":true,"attribute":[{"key":"doses","type":"int64","unit":"{dose}","range":[1.0,500.0],"values":[],"label":{"en":"Doses filled in","fa":"نوبت‌های اضافه‌شده"},"sensitive":false,"required":true}]},{"key":"jam_detected","label":{"en":"Carousel jammed","fa":"گردونه گیر کرد"},"severity":"error","sensitive":false,"attribute":[{"key":"retries","type":"int64","unit":"{retry}","range":[0.0,100.0],"values":[],"label":{"en":"Retries before giving up","fa":"تلاش‌ها پیش از توقف"},"sensitive":false,"required":false}]},{"key":"jam_cleared","label":{"en":"Carousel free again","fa":"گردونه آزاد شد"},"severity":"info","sensitive":false,"attribute":[]},{"key":"empty_seen","label":{"en":"Pill sensor sees no pill","fa":"حسگر قرصی نمی‌بیند"},"severity":"warning","sensitive":false,"attribute":[]},{"key":"pill_seen","label":{"en":"Pill sensor sees pills again","fa":"حسگر دوباره قرص می‌بیند"},"severity":"info","sensitive":false,"attribute":[]},{"key":"power_lost","label":{"en":"Mains power lost","fa":"برق قطع شد"},"severity":"warning","sensitive":false,"attribute":[]},{"key":"power_restored","label":{"en":"Mains power restored","fa":"برق وصل شد"},"severity":"info","sensitive":false,"attribute":[{"key":"outage_min","type":"float32","unit":"min","range":[0.0,100000.0],"values":[],"label":{"en":"Length of the outage","fa":"مدت قطعی"},"sensitive":false,"required":false}]},{"key":"battery_low","label":{"en":"Backup battery low","fa":"باتری پشتیبان ضعیف است"},"severity":"warning","sensitive":false,"attribute":[]},{"key":"battery_replaced","label":{"en":"Backup battery replaced","fa":"باتری پشتیبان تعویض شد"},"severity":"info","sensitive":false,"attribute":[]},{"key":"clock_synced","label":{"en":"Clock set","fa":"ساعت تنظیم شد"},"severity":"info","sensitive":false,"attribute":[{"key":"correction_ms","type":"float32","unit":"ms","range":[-60000.0,60000.0],"values":[],"label":{"en":"Correction","fa":"مقدار تصحیح"},"sensitive":false,"required":true}]}],"use":{"event":"dose_taken","start":null,"duration":null,"minimum_s":0.0,"count":"doses"},"fault":[{"kind":"jam","label":{"en":"Jams","fa":"گیر می‌کند"},"opened_by":"jam_detected","closed_by":"jam_cleared","words":{"en":["jam","jammed","stuck","blocked","doesn''t turn","won''t dispense"],"fa":["گیر کرد","گیر می‌کنه","گیر می‌کند","نمی‌چرخه","قرص نمیده","قرص نمی‌دهد"]}},{"kind":"false_empty","label":{"en":"Says it is empty","fa":"می‌گوید خالی است"},"opened_by":"empty_seen","closed_by":"pill_seen","words":{"en":["says empty","says it is empty","shows empty","thinks it''s empty","doesn''t see the pills"],"fa":["میگه خالیه","می‌گوید خالی","قرص رو نمی‌بینه","خالی نشون میده"]}},{"kind":"power","label":{"en":"Loses power","fa":"برقش قطع می‌شود"},"opened_by":"power_lost","closed_by":"power_restored","words":{"en":["no power","goes off","switches off","turns off","power cut"],"fa":["خاموش میشه","خاموش می‌شود","برقش قطع","روشن نمیشه"]}},{"kind":"battery","label":{"en":"Battery low","fa":"باتری ضعیف است"},"opened_by":"battery_low","closed_by":"battery_replaced","words":{"en":["battery low","low battery","battery warning","battery dies"],"fa":["باتری ضعیف","باتریش تموم","هشدار باتری","باتری خالی"]}}],"failure_mode":[{"key":"stepper_worn","label":{"en":"Carousel gear worn","fa":"فرسودگی چرخ‌دندهٔ گردونه"},"part":{"en":"Carousel motor","fa":"موتور گردونه"},"signals":["stepper_current_a","torque_margin_pct","lost_steps_total","dispense_retries_total"],"horizon_days":30.0,"action":{"en":"Replace the carousel drive","fa":"محرک گردونه را تعویض کنید"},"parts":["PD-DRIVE"],"cost_failure":220.0,"cost_visit":50.0,"cost_part":30.0,"lead_time_days":3.0,"visit_effect":0.9},{"key":"jam","label":{"en":"Pill jam","fa":"گیر کردن قرص"},"part":{"en":"Carousel","fa":"گردونه"},"signals":["humidity_pct","dispense_retries_total","lost_steps_total","torque_margin_pct"],"horizon_days":7.0,"action":{"en":"Clean the carousel, check the pill size","fa":"گردونه را تمیز و اندازهٔ قرص را بررسی کنید"},"parts":["PD-CAROUSEL"],"cost_failure":180.0,"cost_visit":50.0,"cost_part":12.0,"lead_time_days":2.0,"visit_effect":0.5},{"key":"pill_sensor_dusty","label":{"en":"Pill sensor blinded by dust","fa":"گرد گرفتن حسگر قرص"},"part":{"en":"Optical pill sensor","fa":"حسگر نوری قرص"},"signals":["optical_level_raw","optical_threshold_raw","false_empties_total","temperature_cel"],"horizon_days":30.0,"action":{"en":"Clean the sensor window","fa":"پنجرهٔ حسگر را تمیز کنید"},"parts":["PD-SENSOR"],"cost_failure":150.0,"cost_visit":45.0,"cost_part":14.0,"lead_time_days":3.0,"visit_effect":0.85},{"key":"backup_battery_worn","label":{"en":"Backup battery worn out","fa":"فرسودگی باتری پشتیبان"},"part":{"en":"Backup battery","fa":"باتری پشتیبان"},"signals":["battery_pct","battery_voltage_v","temperature_cel"],"horizon_days":30.0,"action":{"en":"Replace the backup battery","fa":"باتری پشتیبان را تعویض کنید"},"parts":["PD-BAT"],"cost_failure":120.0,"cost_visit":40.0,"cost_part":16.0,"lead_time_days":3.0,"visit_effect":0.95},{"key":"clock_drift","label":{"en":"Clock drifts","fa":"عقب و جلو رفتن ساعت"},"part":{"en":"Real-time clock","fa":"ساعت داخلی"},"signals":["clock_correction_ms","temperature_cel","battery_voltage_v"],"horizon_days":60.0,"action":{"en":"Replace the control board","fa":"برد کنترل را تعویض کنید"},"parts":["PD-BOARD"],"cost_failure":160.0,"cost_visit":50.0,"cost_part":60.0,"lead_time_days":7.0,"visit_effect":0.9},{"key":"firmware_regression","label":{"en":"Fails since a firmware change","fa":"خرابی پس از تغییر میان‌افزار"},"part":{"en":"Firmware","fa":"میان‌افزار"},"signals":["dispense_retries_total","false_empties_total","lost_steps_total"],"horizon_days":14.0,"action":{"en":"Install the corrected firmware","fa":"میان‌افزار اصلاح‌شده را نصب کنید"},"parts":[],"cost_failure":150.0,"cost_visit":5.0,"cost_part":0.0,"lead_time_days":1.0,"visit_effect":0.95}],"command":[{"name":"run_self_test","label":{"en":"Run self-test","fa":"اجرای خودآزمایی"},"roles":["support","maintenance"],"timeout_s":180.0,"exclusive":true,"argument":[]},{"name":"sync_clock","label":{"en":"Set the clock","fa":"تنظیم ساعت"},"roles":["support","maintenance"],"timeout_s":60.0,"exclusive":false,"argument":[]},{"name":"dispense_dose","label":{"en":"Dispense a dose now","fa":"توزیع یک نوبت هم‌اکنون"},"roles":["clinician","carer"],"timeout_s":120.0,"exclusive":true,"argument":[{"key":"doses","type":"int64","unit":"{dose}","range":[1.0,5.0],"values":[],"label":{"en":"Doses","fa":"تعداد نوبت"},"sensitive":false,"required":true}]}],"setting":[{"key":"reminder_volume_pct","type":"int64","unit":"%","range":[0.0,100.0],"values":[],"label":{"en":"Reminder volume","fa":"بلندی صدای یادآور"},"sensitive":false,"default":70},{"key":"reminder_repeat_min","type":"int64","unit":"min","range":[1.0,60.0],"values":[],"label":{"en":"Repeat the reminder every","fa":"تکرار یادآور هر"},"sensitive":false,"default":10},{"key":"child_lock","type":"bool","unit":"1","range":null,"values":[],"label":{"en":"Child lock","fa":"قفل کودک"},"sensitive":false,"default":true}],"claim_topics":["usage_frequency","missed_doses","adherence","battery_runtime","fault_frequency","fault_since","stock_level","last_used"]}'::jsonb)
           ON CONFLICT (product) DO UPDATE SET version = EXCLUDED.version, definition = EXCLUDED.definition,
               applied_at = now()
           WHERE (products.version, products.definition) IS DISTINCT FROM (EXCLUDED.version, EXCLUDED.definition)
;;
CREATE TABLE "telemetry_pill_dispenser" (ts timestamptz NOT NULL, seq bigint NOT NULL, lag_ms bigint NOT NULL, device_id int NOT NULL,
           boot int NOT NULL, quality smallint NOT NULL, extra jsonb, PRIMARY KEY (device_id, ts, boot, seq))
;;
SELECT create_hypertable('telemetry_pill_dispenser'::regclass, by_range('ts', make_interval(days => 7)),
                                    create_default_indexes => false)
;;
ALTER TABLE "telemetry_pill_dispenser" SET (timescaledb.enable_columnstore, timescaledb.segmentby = 'device_id', timescaledb.orderby = 'ts, boot, seq')
;;
CALL add_columnstore_policy('telemetry_pill_dispenser'::regclass, after => make_interval(days => 14), if_not_exists => true)
;;
ALTER TABLE "telemetry_pill_dispenser" ADD COLUMN "power_source" text, ADD COLUMN "battery_pct" real, ADD COLUMN "battery_voltage_v" real, ADD COLUMN "temperature_cel" real, ADD COLUMN "humidity_pct" real, ADD COLUMN "stepper_current_a" real, ADD COLUMN "torque_margin_pct" real, ADD COLUMN "lost_steps_total" bigint, ADD COLUMN "dispense_retries_total" bigint, ADD COLUMN "optical_level_raw" real, ADD COLUMN "optical_threshold_raw" real, ADD COLUMN "false_empties_total" bigint, ADD COLUMN "clock_correction_ms" real, ADD COLUMN "rssi_dbm" real, ADD COLUMN "dispensed_total" bigint, ADD COLUMN "doses_remaining" bigint
;;
INSERT INTO product_signals (product, key, type, unit) VALUES ('pill_dispenser', 'power_source', 'enum', '1') ON CONFLICT DO NOTHING
;;
INSERT INTO product_signals (product, key, type, unit) VALUES ('pill_dispenser', 'battery_pct', 'float32', '%') ON CONFLICT DO NOTHING
;;
INSERT INTO product_signals (product, key, type, unit) VALUES ('pill_dispenser', 'battery_voltage_v', 'float32', 'V') ON CONFLICT DO NOTHING
;;
INSERT INTO product_signals (product, key, type, unit) VALUES ('pill_dispenser', 'temperature_cel', 'float32', 'Cel') ON CONFLICT DO NOTHING
;;
INSERT INTO product_signals (product, key, type, unit) VALUES ('pill_dispenser', 'humidity_pct', 'float32', '%') ON CONFLICT DO NOTHING
;;
INSERT INTO product_signals (product, key, type, unit) VALUES ('pill_dispenser', 'stepper_current_a', 'float32', 'A') ON CONFLICT DO NOTHING
;;
INSERT INTO product_signals (product, key, type, unit) VALUES ('pill_dispenser', 'torque_margin_pct', 'float32', '%') ON CONFLICT DO NOTHING
;;
INSERT INTO product_signals (product, key, type, unit) VALUES ('pill_dispenser', 'lost_steps_total', 'int64', '{step}') ON CONFLICT DO NOTHING
;;
INSERT INTO product_signals (product, key, type, unit) VALUES ('pill_dispenser', 'dispense_retries_total', 'int64', '{retry}') ON CONFLICT DO NOTHING
;;
INSERT INTO product_signals (product, key, type, unit) VALUES ('pill_dispenser', 'optical_level_raw', 'float32', '1') ON CONFLICT DO NOTHING
;;
INSERT INTO product_signals (product, key, type, unit) VALUES ('pill_dispenser', 'optical_threshold_raw', 'float32', '1') ON CONFLICT DO NOTHING
;;
INSERT INTO product_signals (product, key, type, unit) VALUES ('pill_dispenser', 'false_empties_total', 'int64', '{event}') ON CONFLICT DO NOTHING
;;
INSERT INTO product_signals (product, key, type, unit) VALUES ('pill_dispenser', 'clock_correction_ms', 'float32', 'ms') ON CONFLICT DO NOTHING
;;
INSERT INTO product_signals (product, key, type, unit) VALUES ('pill_dispenser', 'rssi_dbm', 'float32', 'dB{mW}') ON CONFLICT DO NOTHING
;;
INSERT INTO product_signals (product, key, type, unit) VALUES ('pill_dispenser', 'dispensed_total', 'int64', '{dose}') ON CONFLICT DO NOTHING
;;
INSERT INTO product_signals (product, key, type, unit) VALUES ('pill_dispenser', 'doses_remaining', 'int64', '{dose}') ON CONFLICT DO NOTHING
;;
INSERT INTO products (product, version, definition) VALUES ('robot_vacuum', 1, '{"key":"robot_vacuum","version":1,"label":{"en":"Robot vacuum","fa":"جاروبرقی رباتیک"},"heartbeat_s":900.0,"signal":[{"key":"battery_pct","type":"float32","unit":"%","range":[0.0,100.0],"values":[],"label":{"en":"Battery charge","fa":"شارژ باتری"},"sensitive":false,"kind":"gauge","resolution":0.5,"regime":false},{"key":"battery_temperature_cel","type":"float32","unit":"Cel","range":[-10.0,70.0],"values":[],"label":{"en":"Battery temperature","fa":"دمای باتری"},"sensitive":false,"kind":"gauge","resolution":0.1,"regime":false},{"key":"voltage_sag_mv","type":"float32","unit":"mV","range":[0.0,4000.0],"values":[],"label":{"en":"Voltage drop under load","fa":"افت ولتاژ زیر بار"},"sensitive":false,"kind":"gauge","resolution":1.0,"regime":false},{"key":"cleaning_mode","type":"enum","unit":"1","range":null,"values":["docked","quiet","standard","turbo"],"label":{"en":"Cleaning mode","fa":"حالت نظافت"},"sensitive":false,"kind":"gauge","resolution":null,"regime":true},{"key":"brush_current_a","type":"float32","unit":"A","range":[0.0,5.0],"values":[],"label":{"en":"Main brush current","fa":"جریان برس اصلی"},"sensitive":false,"kind":"gauge","resolution":0.01,"regime":false},{"key":"brush_speed_rpm","type":"float32","unit":"/min","range":[0.0,3000.0],"values":[],"label":{"en":"Main brush speed","fa":"سرعت برس اصلی"},"sensitive":false,"kind":"gauge","resolution":1.0,"regime":false},{"key":"wheel_current_a","type":"float32","unit":"A","range":[0.0,3.0],"values":[],"label":{"en":"Wheel motor current","fa":"جریان موتور چرخ"},"sensitive":false,"kind":"gauge","resolution":0.005,"regime":false},{"key":"wheel_ripple_a","type":"float32","unit":"A","range":[0.0,1.0],"values":[],"label":{"en":"Ripple of the wheel motor current","fa":"نوسان جریان موتور چرخ"},"sensitive":false,"kind":"gauge","resolution":0.001,"regime":false},{"key":"wheel_slip_pct","type":"float32","unit":"%","range":[0.0,100.0],"values":[],"label":{"en":"Wheel slip","fa":"لغزش چرخ"},"sensitive":false,"kind":"gauge","resolution":0.1,"regime":false},{"key":"fan_current_a","type":"float32","unit":"A","range":[0.0,6.0],"values":[],"label":{"en":"Fan current","fa":"جریان فن"},"sensitive":false,"kind":"gauge","resolution":0.01,"regime":false},{"key":"fan_speed_rpm","type":"float32","unit":"/min","range":[0.0,25000.0],"values":[],"label":{"en":"Fan speed","fa":"سرعت فن"},"sensitive":false,"kind":"gauge","resolution":10.0,"regime":false},{"key":"suction_pa","type":"float32","unit":"Pa","range":[0.0,8000.0],"values":[],"label":{"en":"Estimated suction","fa":"مکش تخمینی"},"sensitive":false,"kind":"gauge","resolution":5.0,"regime":false},{"key":"cliff_reflectance_raw","type":"float32","unit":"1","range":[0.0,1023.0],"values":[],"label":{"en":"Cliff sensor reflectance (raw)","fa":"بازتاب حسگر پرتگاه (خام)"},"sensitive":false,"kind":"gauge","resolution":1.0,"regime":false},{"key":"lidar_speed_std_rpm","type":"float32","unit":"/min","range":[0.0,60.0],"values":[],"label":{"en":"Unevenness of the lidar''s rotation","fa":"ناهمواری چرخش لیدار"},"sensitive":false,"kind":"gauge","resolution":0.01,"regime":false},{"key":"lidar_missing_pct","type":"float32","unit":"%","range":[0.0,100.0],"values":[],"label":{"en":"Missing lidar points","fa":"نقاط گم‌شدهٔ لیدار"},"sensitive":false,"kind":"gauge","resolution":0.1,"regime":false},{"key":"runtime_total_min","type":"float64","unit":"min","range":[0.0,1500000.0],"values":[],"label":{"en":"Total cleaning time","fa":"کل زمان نظافت"},"sensitive":false,"kind":"counter","resolution":0.1,"regime":false},{"key":"area_total_m2","type":"float64","unit":"m2","range":[0.0,1500000.0],"values":[],"label":{"en":"Total area cleaned","fa":"کل مساحت نظافت‌شده"},"sensitive":false,"kind":"counter","resolution":0.1,"regime":false},{"key":"stall_retries_total","type":"int64","unit":"{retry}","range":[0.0,10000000.0],"values":[],"label":{"en":"Brush stalls retried","fa":"تلاش‌های دوبارهٔ برس پس از گیر کردن"},"sensitive":false,"kind":"counter","resolution":1.0,"regime":false},{"key":"false_cliffs_total","type":"int64","unit":"{event}","range":[0.0,10000000.0],"values":[],"label":{"en":"False cliff alarms","fa":"هشدارهای اشتباه پرتگاه"},"sensitive":false,"kind":"counter","resolution":1.0,"regime":false},{"key":"relocalisations_total","type":"int64","unit":"{event}","range":[0.0,10000000.0],"values":[],"label":{"en":"Times it lost and found its place","fa":"دفعات گم و پیدا کردن موقعیت"},"sensitive":false,"kind":"counter","resolution":1.0,"regime":false}],"event":[{"key":"clean_started","label":{"en":"Cleaning started","fa":"نظافت آغاز شد"},"severity":"info","sensitive":false,"attribute":[{"key":"mode","type":"enum","unit":"1","range":null,"values":["quiet","standard","turbo"],"label":{"en":"Mode","fa":"حالت"},"sensitive":false,"required":false},{"key":"trigger","type":"enum","unit":"1","range":null,"values":["button","app","schedule"],"label":{"en":"Started by","fa":"شروع با"},"sensitive":false,"required":false}]},{"key":"clean_finished","label":{"en":"Cleaning finished","fa":"نظافت تمام شد"},"severity":"info","sensitive":false,"attribute":[{"key":"duration_min","type":"float32","unit":"min","range":[0.0,300.0],"values":[],"label":{"en":"Duration","fa":"مدت"},"sensitive":false,"required":true},{"key":"area_m2","type":"float32","unit":"m2","range":[0.0,500.0],"values":[],"label":{"en":"Area cleaned","fa":"مساحت نظافت‌شده"},"sensitive":false,"required":false},{"key":"completed","type":"bool","unit":"1","range":null,"values":[],"label":{"en":"Whole area done","fa":"کامل شدن همهٔ مساحت"},"sensitive":false,"required":false}]},{"key":"charge_finished","label":{"en":"Charging finished","fa":"شارژ کامل شد"},"severity":"info","sensitive":false,"attribute":[{"key":"duration_min","type":"float32","unit":"min","range":[0.0,1440.0],"values":[],"label":{"en":"Charging time","fa":"زمان شارژ"},"sensitive":false,"required":true},{"key":"energy_wh","type":"float32","unit":"W.h","range":[0.0,200.0],"values":[],"label":{"en":"Energy charged","fa":"انرژی شارژشده"},"sensitive":false,"required":false}]},{"key":"battery_depleted","label":{"en":"Battery ran empty while cleaning","fa":"باتری هنگام نظافت خالی شد"},"severity":"warning","sensitive":false,"attribute":[{"key":"runtime_min","type":"float32","unit":"min","range":[0.0,300.0],"values":[],"label":{"en":"Run time of this charge","fa":"زمان کار با این شارژ"},"sensitive":false,"required":false}]},{"key":"stuck","label":{"en":"Got stuck","fa":"گیر کرد"},"severity":"warning","sensitive":false,"attribute":[{"key":"cause","type":"enum","unit":"1","range":null,"values":["furniture","threshold","cable","cliff","unknown"],"label":{"en":"Cause","fa":"علت"},"sensitive":false,"required":false}]},{"key":"freed","label":{"en":"Moves freely again","fa":"دوباره آزاد شد"},"severity":"info","sensitive":false,"attribute":[]},{"key":"brush_jammed","label":{"en":"Main brush jammed","fa":"برس اصلی گیر کرد"},"severity":"warning","sensitive":false,"attribute":[]},{"key":"brush_freed","label":{"en":"Main brush turns again","fa":"برس اصلی دوباره می‌چرخد"},"severity":"info","sensitive":false,"attribute":[]},{"key":"lidar_failed","label":{"en":"Laser distance sensor failed","fa":"حسگر لیزری فاصله از کار افتاد"},"severity":"error","sensitive":false,"attribute":[{"key":"error_code","type":"int64","unit":"1","range":[0.0,9999.0],"values":[],"label":{"en":"Error code","fa":"کد خطا"},"sensitive":false,"required":false}]},{"key":"lidar_recovered","label":{"en":"Laser distance sensor works again","fa":"حسگر لیزری فاصله دوباره کار می‌کند"},"severity":"info","sensitive":false,"attribute":[]},{"key":"dock_not_found","label":{"en":"Did not find its dock","fa":"ایستگاه شارژ را پیدا نکرد"},"severity":"warning","sensitive":false,"attribute":[]},{"key":"docked","label":{"en":"Returned to its dock","fa":"به ایستگاه شارژ برگشت"},"severity":"info","sensitive":false,"attribute":[]},{"key":"consumable_reset","label":{"en":"Part cleaned or replaced by its owner","fa":"قطعه به دست صاحب دستگاه تمیز یا تعویض شد"},"severity":"info","sensitive":false,"attribute":[{"key":"part","type":"enum","unit":"1","range":null,"values":["main_brush","side_brush","filter","sensors"],"label":{"en":"Part","fa":"قطعه"},"sensitive":false,"required":true}]}],"use":{"event":"clean_finished","start":"clean_started","duration":"duration_min","minimum_s":60.0,"count":1},"fault":[{"kind":"stuck","label":{"en":"Gets stuck","fa":"گیر می‌کند"},"opened_by":"stuck","closed_by":"freed","words":{"en":["stuck","trapped","wedged","can''t move","doesn''t move","immobile"],"fa":["گیر کرد","گیر می‌کنه","گیر می‌کند","تکون نمی‌خوره","حرکت نمی‌کنه","گیر افتاد"]}},{"kind":"brush_jam","label":{"en":"Brush jams","fa":"برس گیر می‌کند"},"opened_by":"brush_jammed","closed_by":"brush_freed","words":{"en":["brush jam","brush stops","brush blocked","brush tangled","brush doesn''t turn"],"fa":["برس گیر","برس نمی‌چرخه","برس نمی‌چرخد","مو پیچیده"]}},{"kind":"navigation","label":{"en":"Loses its way","fa":"راهش را گم می‌کند"},"opened_by":"lidar_failed","closed_by":"lidar_recovered","words":{"en":["error 1","laser","lidar","gets lost","drives in circles","loses its map"],"fa":["خطای لیزر","لیدار","دور خودش می‌چرخه","گم می‌شه","نقشه رو گم"]}},{"kind":"docking","label":{"en":"Does not find its dock","fa":"ایستگاه شارژ را پیدا نمی‌کند"},"opened_by":"dock_not_found","closed_by":"docked","words":{"en":["doesn''t find the dock","can''t dock","doesn''t return","doesn''t go home","misses the charger"],"fa":["برنمی‌گرده","شارژر رو پیدا نمی‌کنه","داک نمیشه","ایستگاه رو پیدا نمی‌کنه"]}},{"kind":"battery_empty","label":{"en":"Runs out of battery","fa":"باتری تمام می‌کند"},"opened_by":"battery_depleted","closed_by":"charge_finished","words":{"en":["battery dies","dies halfway","runs out of battery","battery empty","shuts off"],"fa":["باتری تموم","وسط کار خاموش","باتری خالی","شارژ تموم"]}}],"failure_mode":[{"key":"battery_worn","label":{"en":"Battery worn out","fa":"فرسودگی باتری"},"part":{"en":"Battery pack","fa":"بستهٔ باتری"},"signals":["battery_pct","battery_temperature_cel","voltage_sag_mv","runtime_total_min"],"horizon_days":30.0,"action":{"en":"Replace the battery pack","fa":"بستهٔ باتری را تعویض کنید"},"parts":["RV-BAT-52"],"cost_failure":140.0,"cost_visit":35.0,"cost_part":45.0,"lead_time_days":5.0,"visit_effect":0.9},{"key":"main_brush_worn","label":{"en":"Brush worn or wrapped with hair","fa":"فرسودگی برس یا پیچیدن مو"},"part":{"en":"Main brush","fa":"برس اصلی"},"signals":["brush_current_a","brush_speed_rpm","stall_retries_total","runtime_total_min"],"horizon_days":21.0,"action":{"en":"Clean the brush, replace it when worn","fa":"برس را تمیز و در صورت فرسودگی تعویض کنید"},"parts":["RV-BRUSH-MAIN","RV-BRUSH-SIDE"],"cost_failure":75.0,"cost_visit":35.0,"cost_part":18.0,"lead_time_days":3.0,"visit_effect":0.85},{"key":"wheel_motor_worn","label":{"en":"Wheel motor worn","fa":"فرسودگی موتور چرخ"},"part":{"en":"Wheel motor","fa":"موتور چرخ"},"signals":["wheel_current_a","wheel_ripple_a","wheel_slip_pct","runtime_total_min"],"horizon_days":30.0,"action":{"en":"Replace the wheel module","fa":"ماژول چرخ را تعویض کنید"},"parts":["RV-WHEEL-L","RV-WHEEL-R"],"cost_failure":160.0,"cost_visit":45.0,"cost_part":38.0,"lead_time_days":7.0,"visit_effect":0.9},{"key":"fan_filter_clogged","label":{"en":"Filter clogged, fan overloaded","fa":"گرفتگی فیلتر و فشار بر فن"},"part":{"en":"Suction fan and filter","fa":"فن مکش و فیلتر"},"signals":["fan_current_a","fan_speed_rpm","suction_pa","runtime_total_min"],"horizon_days":21.0,"action":{"en":"Replace the filter, check the fan","fa":"فیلتر را تعویض و فن را بررسی کنید"},"parts":["RV-FILTER","RV-FAN"],"cost_failure":120.0,"cost_visit":35.0,"cost_part":22.0,"lead_time_days":3.0,"visit_effect":0.8},{"key":"cliff_sensor_dirty","label":{"en":"Cliff sensors blinded by dirt","fa":"کثیف شدن حسگرهای پرتگاه"},"part":{"en":"Cliff sensors","fa":"حسگرهای پرتگاه"},"signals":["cliff_reflectance_raw","false_cliffs_total","area_total_m2"],"horizon_days":14.0,"action":{"en":"Wipe the sensors, replace the board when that does not help","fa":"حسگرها را پاک کنید و اگر بهتر نشد برد را تعویض کنید"},"parts":["RV-CLIFF-BOARD"],"cost_failure":70.0,"cost_visit":30.0,"cost_part":15.0,"lead_time_days":3.0,"visit_effect":0.75},{"key":"lidar_drag","label":{"en":"Lidar turret drags","fa":"کند شدن برجک لیدار"},"part":{"en":"Lidar turret","fa":"برجک لیدار"},"signals":["lidar_speed_std_rpm","lidar_missing_pct","relocalisations_total"],"horizon_days":21.0,"action":{"en":"Replace the lidar''s belt or the turret","fa":"تسمهٔ لیدار یا برجک را تعویض کنید"},"parts":["RV-LIDAR"],"cost_failure":150.0,"cost_visit":45.0,"cost_part":55.0,"lead_time_days":7.0,"visit_effect":0.7}],"command":[{"name":"run_self_test","label":{"en":"Run self-test","fa":"اجرای خودآزمایی"},"roles":["support","maintenance"],"timeout_s":300.0,"exclusive":true,"argument":[]},{"name":"start_cleaning","label":{"en":"Start cleaning","fa":"شروع نظافت"},"roles":["support"],"timeout_s":60.0,"exclusive":true,"argument":[{"key":"mode","type":"enum","unit":"1","range":null,"values":["quiet","standard","turbo"],"label":{"en":"Mode","fa":"حالت"},"sensitive":false,"required":false}]},{"name":"return_to_dock","label":{"en":"Return to dock","fa":"بازگشت به ایستگاه"},"roles":["support","maintenance"],"timeout_s":900.0,"exclusive":false,"argument":[]},{"name":"locate","label":{"en":"Play a sound","fa":"پخش صدا"},"roles":["support","maintenance"],"timeout_s":30.0,"exclusive":false,"argument":[]}],"setting":[{"key":"suction_level","type":"enum","unit":"1","range":null,"values":["quiet","standard","turbo"],"label":{"en":"Suction level","fa":"میزان مکش"},"sensitive":false,"default":"standard"},{"key":"volume_pct","type":"int64","unit":"%","range":[0.0,100.0],"values":[],"label":{"en":"Voice volume","fa":"بلندی صدا"},"sensitive":false,"default":60},{"key":"carpet_boost","type":"bool","unit":"1","range":null,"values":[],"label":{"en":"More suction on carpet","fa":"مکش بیشتر روی فرش"},"sensitive":false,"default":true},{"key":"report_interval_s","type":"int64","unit":"s","range":[10.0,900.0],"values":[],"label":{"en":"Report interval while cleaning","fa":"فاصلهٔ گزارش هنگام نظافت"},"sensitive":false,"default":60}],"claim_topics":["usage_frequency","usage_duration","battery_runtime","fault_frequency","fault_since","last_used"]}'::jsonb)
           ON CONFLICT (product) DO UPDATE SET version = EXCLUDED.version, definition = EXCLUDED.definition,
               applied_at = now()
           WHERE (products.version, products.definition) IS DISTINCT FROM (EXCLUDED.version, EXCLUDED.definition)
;;
CREATE TABLE "telemetry_robot_vacuum" (ts timestamptz NOT NULL, seq bigint NOT NULL, lag_ms bigint NOT NULL, device_id int NOT NULL,
           boot int NOT NULL, quality smallint NOT NULL, extra jsonb, PRIMARY KEY (device_id, ts, boot, seq))
;;
SELECT create_hypertable('telemetry_robot_vacuum'::regclass, by_range('ts', make_interval(days => 7)),
                                    create_default_indexes => false)
;;
ALTER TABLE "telemetry_robot_vacuum" SET (timescaledb.enable_columnstore, timescaledb.segmentby = 'device_id', timescaledb.orderby = 'ts, boot, seq')
;;
CALL add_columnstore_policy('telemetry_robot_vacuum'::regclass, after => make_interval(days => 14), if_not_exists => true)
;;
ALTER TABLE "telemetry_robot_vacuum" ADD COLUMN "battery_pct" real, ADD COLUMN "battery_temperature_cel" real, ADD COLUMN "voltage_sag_mv" real, ADD COLUMN "cleaning_mode" text, ADD COLUMN "brush_current_a" real, ADD COLUMN "brush_speed_rpm" real, ADD COLUMN "wheel_current_a" real, ADD COLUMN "wheel_ripple_a" real, ADD COLUMN "wheel_slip_pct" real, ADD COLUMN "fan_current_a" real, ADD COLUMN "fan_speed_rpm" real, ADD COLUMN "suction_pa" real, ADD COLUMN "cliff_reflectance_raw" real, ADD COLUMN "lidar_speed_std_rpm" real, ADD COLUMN "lidar_missing_pct" real, ADD COLUMN "runtime_total_min" double precision, ADD COLUMN "area_total_m2" double precision, ADD COLUMN "stall_retries_total" bigint, ADD COLUMN "false_cliffs_total" bigint, ADD COLUMN "relocalisations_total" bigint
;;
INSERT INTO product_signals (product, key, type, unit) VALUES ('robot_vacuum', 'battery_pct', 'float32', '%') ON CONFLICT DO NOTHING
;;
INSERT INTO product_signals (product, key, type, unit) VALUES ('robot_vacuum', 'battery_temperature_cel', 'float32', 'Cel') ON CONFLICT DO NOTHING
;;
INSERT INTO product_signals (product, key, type, unit) VALUES ('robot_vacuum', 'voltage_sag_mv', 'float32', 'mV') ON CONFLICT DO NOTHING
;;
INSERT INTO product_signals (product, key, type, unit) VALUES ('robot_vacuum', 'cleaning_mode', 'enum', '1') ON CONFLICT DO NOTHING
;;
INSERT INTO product_signals (product, key, type, unit) VALUES ('robot_vacuum', 'brush_current_a', 'float32', 'A') ON CONFLICT DO NOTHING
;;
INSERT INTO product_signals (product, key, type, unit) VALUES ('robot_vacuum', 'brush_speed_rpm', 'float32', '/min') ON CONFLICT DO NOTHING
;;
INSERT INTO product_signals (product, key, type, unit) VALUES ('robot_vacuum', 'wheel_current_a', 'float32', 'A') ON CONFLICT DO NOTHING
;;
INSERT INTO product_signals (product, key, type, unit) VALUES ('robot_vacuum', 'wheel_ripple_a', 'float32', 'A') ON CONFLICT DO NOTHING
;;
INSERT INTO product_signals (product, key, type, unit) VALUES ('robot_vacuum', 'wheel_slip_pct', 'float32', '%') ON CONFLICT DO NOTHING
;;
INSERT INTO product_signals (product, key, type, unit) VALUES ('robot_vacuum', 'fan_current_a', 'float32', 'A') ON CONFLICT DO NOTHING
;;
INSERT INTO product_signals (product, key, type, unit) VALUES ('robot_vacuum', 'fan_speed_rpm', 'float32', '/min') ON CONFLICT DO NOTHING
;;
INSERT INTO product_signals (product, key, type, unit) VALUES ('robot_vacuum', 'suction_pa', 'float32', 'Pa') ON CONFLICT DO NOTHING
;;
INSERT INTO product_signals (product, key, type, unit) VALUES ('robot_vacuum', 'cliff_reflectance_raw', 'float32', '1') ON CONFLICT DO NOTHING
;;
INSERT INTO product_signals (product, key, type, unit) VALUES ('robot_vacuum', 'lidar_speed_std_rpm', 'float32', '/min') ON CONFLICT DO NOTHING
;;
INSERT INTO product_signals (product, key, type, unit) VALUES ('robot_vacuum', 'lidar_missing_pct', 'float32', '%') ON CONFLICT DO NOTHING
;;
INSERT INTO product_signals (product, key, type, unit) VALUES ('robot_vacuum', 'runtime_total_min', 'float64', 'min') ON CONFLICT DO NOTHING
;;
INSERT INTO product_signals (product, key, type, unit) VALUES ('robot_vacuum', 'area_total_m2', 'float64', 'm2') ON CONFLICT DO NOTHING
;;
INSERT INTO product_signals (product, key, type, unit) VALUES ('robot_vacuum', 'stall_retries_total', 'int64', '{retry}') ON CONFLICT DO NOTHING
;;
INSERT INTO product_signals (product, key, type, unit) VALUES ('robot_vacuum', 'false_cliffs_total', 'int64', '{event}') ON CONFLICT DO NOTHING
;;
INSERT INTO product_signals (product, key, type, unit) VALUES ('robot_vacuum', 'relocalisations_total', 'int64', '{event}') ON CONFLICT DO NOTHING
;;
INSERT INTO products (product, version, definition) VALUES ('software', 1, '{"key":"software","version":1,"label":{"en":"Software","fa":"نرم‌افزار"},"heartbeat_s":86400.0,"signal":[{"key":"connection","type":"enum","unit":"1","range":null,"values":["wired","wifi","mobile","offline"],"label":{"en":"Connection","fa":"نوع اتصال"},"sensitive":false,"kind":"gauge","resolution":null,"regime":true},{"key":"startup_ms","type":"float32","unit":"ms","range":[0.0,120000.0],"values":[],"label":{"en":"Start-up time","fa":"زمان راه‌اندازی"},"sensitive":false,"kind":"gauge","resolution":1.0,"regime":false},{"key":"latency_ms","type":"float32","unit":"ms","range":[0.0,60000.0],"values":[],"label":{"en":"Response time of the server","fa":"زمان پاسخ سرور"},"sensitive":false,"kind":"gauge","resolution":1.0,"regime":false},{"key":"memory_mb","type":"float32","unit":"MBy","range":[0.0,65536.0],"values":[],"label":{"en":"Memory in use","fa":"حافظهٔ در حال استفاده"},"sensitive":false,"kind":"gauge","resolution":0.1,"regime":false},{"key":"cpu_pct","type":"float32","unit":"%","range":[0.0,100.0],"values":[],"label":{"en":"Processor load","fa":"بار پردازنده"},"sensitive":false,"kind":"gauge","resolution":0.1,"regime":false},{"key":"storage_mb","type":"float32","unit":"MBy","range":[0.0,10000000.0],"values":[],"label":{"en":"Storage in use","fa":"فضای ذخیره‌سازی اشغال‌شده"},"sensitive":false,"kind":"gauge","resolution":0.1,"regime":false},{"key":"unsynced_items","type":"int64","unit":"{item}","range":[0.0,1000000.0],"values":[],"label":{"en":"Changes waiting to be synchronised","fa":"تغییرات در انتظار همگام‌سازی"},"sensitive":false,"kind":"gauge","resolution":1.0,"regime":false},{"key":"sessions_total","type":"int64","unit":"{session}","range":[0.0,10000000.0],"values":[],"label":{"en":"Sessions in total","fa":"کل نشست‌ها"},"sensitive":false,"kind":"counter","resolution":1.0,"regime":false},{"key":"active_total_min","type":"float64","unit":"min","range":[0.0,100000000.0],"values":[],"label":{"en":"Total time in use","fa":"کل زمان استفاده"},"sensitive":false,"kind":"counter","resolution":0.1,"regime":false},{"key":"crashes_total","type":"int64","unit":"{event}","range":[0.0,10000000.0],"values":[],"label":{"en":"Crashes in total","fa":"کل خرابی‌های ناگهانی"},"sensitive":false,"kind":"counter","resolution":1.0,"regime":false},{"key":"errors_total","type":"int64","unit":"{event}","range":[0.0,100000000.0],"values":[],"label":{"en":"Errors in total","fa":"کل خطاها"},"sensitive":false,"kind":"counter","resolution":1.0,"regime":false}],"event":[{"key":"session_started","label":{"en":"Session started","fa":"نشست آغاز شد"},"severity":"info","sensitive":false,"attribute":[{"key":"platform","type":"enum","unit":"1","range":null,"values":["desktop","web","phone","tablet"],"label":{"en":"Platform","fa":"سکو"},"sensitive":false,"required":false}]},{"key":"session_ended","label":{"en":"Session ended","fa":"نشست پایان یافت"},"severity":"info","sensitive":false,"attribute":[{"key":"duration_min","type":"float32","unit":"min","range":[0.0,1440.0],"values":[],"label":{"en":"Duration","fa":"مدت"},"sensitive":false,"required":true},{"key":"screens","type":"int64","unit":"{screen}","range":[0.0,10000.0],"values":[],"label":{"en":"Screens seen","fa":"صفحه‌های دیده‌شده"},"sensitive":false,"required":false},{"key":"abandoned","type":"bool","unit":"1","range":null,"values":[],"label":{"en":"Left unfinished","fa":"نیمه‌کاره رها شد"},"sensitive":false,"required":false}]},{"key":"crashed","label":{"en":"Crashed","fa":"ناگهان بسته شد"},"severity":"error","sensitive":false,"attribute":[{"key":"module","type":"enum","unit":"1","range":null,"values":["editor","export","dashboard","sync","other"],"label":{"en":"Module","fa":"بخش"},"sensitive":false,"required":false},{"key":"release","type":"text","unit":"1","range":null,"values":[],"label":{"en":"Release","fa":"نسخه"},"sensitive":false,"required":false}]},{"key":"recovered","label":{"en":"Running again after a crash","fa":"پس از خرابی دوباره اجرا شد"},"severity":"info","sensitive":false,"attribute":[]},{"key":"frozen","label":{"en":"Stopped responding","fa":"هنگ کرد"},"severity":"warning","sensitive":false,"attribute":[{"key":"duration_s","type":"float32","unit":"s","range":[0.0,86400.0],"values":[],"label":{"en":"Duration","fa":"مدت"},"sensitive":false,"required":false}]},{"key":"sync_failed","label":{"en":"Synchronisation or upload failed","fa":"همگام‌سازی یا بارگذاری ناموفق بود"},"severity":"warning","sensitive":false,"attribute":[{"key":"items","type":"int64","unit":"{item}","range":[0.0,1000000.0],"values":[],"label":{"en":"Changes not sent","fa":"تغییرات ارسال‌نشده"},"sensitive":false,"required":false}]},{"key":"sync_completed","label":{"en":"Synchronised","fa":"همگام شد"},"severity":"info","sensitive":false,"attribute":[{"key":"items","type":"int64","unit":"{item}","range":[0.0,1000000.0],"values":[],"label":{"en":"Changes sent","fa":"تغییرات ارسال‌شده"},"sensitive":false,"required":false}]},{"key":"login_failed","label":{"en":"Login failed","fa":"ورود ناموفق"},"severity":"warning","sensitive":false,"attribute":[]},{"key":"login_succeeded","label":{"en":"Logged in","fa":"ورود موفق"},"severity":"info","sensitive":false,"attribute":[]},{"key":"update_installed","label":{"en":"Update installed","fa":"به‌روزرسانی نصب شد"},"severity":"info","sensitive":false,"attribute":[{"key":"release","type":"text","unit":"1","range":null,"values":[],"label":{"en":"Release","fa":"نسخه"},"sensitive":false,"required":true}]}],"use":{"event":"session_ended","start":"session_started","duration":"duration_min","minimum_s":10.0,"count":1},"fault":[{"kind":"crash","label":{"en":"Crashes","fa":"ناگهان بسته می‌شود"},"opened_by":"crashed","closed_by":"recovered","words":{"en":["crash","crashes","crashed","closes by itself","shuts down","quits"],"fa":["کرش","می‌پره بیرون","بسته میشه","بسته می‌شود","خود به خود بسته"]}},{"kind":"freeze","label":{"en":"Stops responding","fa":"هنگ می‌کند"},"opened_by":"frozen","closed_by":null,"words":{"en":["freeze","freezes","froze","hangs","hung","stops responding","locks up"],"fa":["هنگ","قفل کرد","قفل می‌کنه","گیر می‌کنه","جواب نمیده"]}},{"kind":"sync","label":{"en":"Uploads or synchronisation fail","fa":"بارگذاری یا همگام‌سازی ناموفق است"},"opened_by":"sync_failed","closed_by":"sync_completed","words":{"en":["upload fails","uploads fail","doesn''t sync","not synced","sync error","isn''t saved"],"fa":["ثبت نمیشه","ثبت نمی‌شود","آپلود نمیشه","سینک نمیشه","همگام نمی‌شود","ذخیره نمیشه"]}},{"kind":"login","label":{"en":"Login fails","fa":"ورود ممکن نیست"},"opened_by":"login_failed","closed_by":"login_succeeded","words":{"en":["can''t log in","login fails","logged out","password rejected"],"fa":["وارد نمیشه","لاگین نمیشه","نمی‌تونم وارد","رمز رو قبول نمی‌کنه"]}}],"failure_mode":[{"key":"crash_loop","label":{"en":"Crashes again and again","fa":"خرابی‌های پی‌درپی"},"part":{"en":"Release","fa":"نسخهٔ نرم‌افزار"},"signals":["crashes_total","errors_total","memory_mb","startup_ms"],"horizon_days":7.0,"action":{"en":"Install the corrected release","fa":"نسخهٔ اصلاح‌شده را نصب کنید"},"parts":[],"cost_failure":60.0,"cost_visit":4.0,"cost_part":0.0,"lead_time_days":1.0,"visit_effect":0.8},{"key":"churn","label":{"en":"Stops being used","fa":"کنار گذاشتن محصول"},"part":{"en":"Relation to the customer","fa":"ارتباط با مشتری"},"signals":["sessions_total","active_total_min","errors_total","latency_ms"],"horizon_days":30.0,"action":{"en":"Call the customer and ask","fa":"با مشتری تماس بگیرید و بپرسید"},"parts":[],"cost_failure":300.0,"cost_visit":12.0,"cost_part":0.0,"lead_time_days":1.0,"visit_effect":0.3}],"command":[{"name":"send_diagnostics","label":{"en":"Send diagnostics","fa":"ارسال اطلاعات عیب‌یابی"},"roles":["support","maintenance"],"timeout_s":600.0,"exclusive":false,"argument":[]},{"name":"clear_cache","label":{"en":"Clear the cache","fa":"پاک کردن حافظهٔ نهان"},"roles":["support"],"timeout_s":600.0,"exclusive":true,"argument":[]}],"setting":[{"key":"auto_update","type":"bool","unit":"1","range":null,"values":[],"label":{"en":"Update by itself","fa":"به‌روزرسانی خودکار"},"sensitive":false,"default":true},{"key":"sync_interval_min","type":"int64","unit":"min","range":[1.0,1440.0],"values":[],"label":{"en":"Synchronise every","fa":"همگام‌سازی هر"},"sensitive":false,"default":15}],"claim_topics":["usage_frequency","usage_duration","fault_frequency","fault_since","last_used"]}'::jsonb)
           ON CONFLICT (product) DO UPDATE SET version = EXCLUDED.version, definition = EXCLUDED.definition,
               applied_at = now()
           WHERE (products.version, products.definition) IS DISTINCT FROM (EXCLUDED.version, EXCLUDED.definition)
;;
CREATE TABLE "telemetry_software" (ts timestamptz NOT NULL, seq bigint NOT NULL, lag_ms bigint NOT NULL, device_id int NOT NULL,
           boot int NOT NULL, quality smallint NOT NULL, extra jsonb, PRIMARY KEY (device_id, ts, boot, seq))
;;
SELECT create_hypertable('telemetry_software'::regclass, by_range('ts', make_interval(days => 7)),
                                    create_default_indexes => false)
;;
ALTER TABLE "telemetry_software" SET (timescaledb.enable_columnstore, timescaledb.segmentby = 'device_id', timescaledb.orderby = 'ts, boot, seq')
;;
CALL add_columnstore_policy('telemetry_software'::regclass, after => make_interval(days => 14), if_not_exists => true)
;;
ALTER TABLE "telemetry_software" ADD COLUMN "connection" text, ADD COLUMN "startup_ms" real, ADD COLUMN "latency_ms" real, ADD COLUMN "memory_mb" real, ADD COLUMN "cpu_pct" real, ADD COLUMN "storage_mb" real, ADD COLUMN "unsynced_items" bigint, ADD COLUMN "sessions_total" bigint, ADD COLUMN "active_total_min" double precision, ADD COLUMN "crashes_total" bigint, ADD COLUMN "errors_total" bigint
;;
INSERT INTO product_signals (product, key, type, unit) VALUES ('software', 'connection', 'enum', '1') ON CONFLICT DO NOTHING
;;
INSERT INTO product_signals (product, key, type, unit) VALUES ('software', 'startup_ms', 'float32', 'ms') ON CONFLICT DO NOTHING
;;
INSERT INTO product_signals (product, key, type, unit) VALUES ('software', 'latency_ms', 'float32', 'ms') ON CONFLICT DO NOTHING
;;
INSERT INTO product_signals (product, key, type, unit) VALUES ('software', 'memory_mb', 'float32', 'MBy') ON CONFLICT DO NOTHING
;;
INSERT INTO product_signals (product, key, type, unit) VALUES ('software', 'cpu_pct', 'float32', '%') ON CONFLICT DO NOTHING
;;
INSERT INTO product_signals (product, key, type, unit) VALUES ('software', 'storage_mb', 'float32', 'MBy') ON CONFLICT DO NOTHING
;;
INSERT INTO product_signals (product, key, type, unit) VALUES ('software', 'unsynced_items', 'int64', '{item}') ON CONFLICT DO NOTHING
;;
INSERT INTO product_signals (product, key, type, unit) VALUES ('software', 'sessions_total', 'int64', '{session}') ON CONFLICT DO NOTHING
;;
INSERT INTO product_signals (product, key, type, unit) VALUES ('software', 'active_total_min', 'float64', 'min') ON CONFLICT DO NOTHING
;;
INSERT INTO product_signals (product, key, type, unit) VALUES ('software', 'crashes_total', 'int64', '{event}') ON CONFLICT DO NOTHING
;;
INSERT INTO product_signals (product, key, type, unit) VALUES ('software', 'errors_total', 'int64', '{event}') ON CONFLICT DO NOTHING
;;
INSERT INTO products (product, version, definition) VALUES ('stock_sensor', 1, '{"key":"stock_sensor","version":1,"label":{"en":"Stock sensor","fa":"حسگر موجودی"},"heartbeat_s":3600.0,"signal":[{"key":"load_state","type":"enum","unit":"1","range":null,"values":["empty","loaded","overloaded"],"label":{"en":"Load","fa":"وضعیت بار"},"sensitive":false,"kind":"gauge","resolution":null,"regime":true},{"key":"weight_g","type":"float32","unit":"g","range":[-500.0,60000.0],"values":[],"label":{"en":"Weight","fa":"وزن"},"sensitive":false,"kind":"gauge","resolution":1.0,"regime":false},{"key":"stock_items","type":"int64","unit":"{item}","range":[0.0,100000.0],"values":[],"label":{"en":"Items on the shelf","fa":"کالاهای روی قفسه"},"sensitive":false,"kind":"gauge","resolution":1.0,"regime":false},{"key":"zero_offset_g","type":"float32","unit":"g","range":[-2000.0,2000.0],"values":[],"label":{"en":"Zero offset of the load cell","fa":"انحراف صفر لودسل"},"sensitive":false,"kind":"gauge","resolution":0.1,"regime":false},{"key":"weight_noise_g","type":"float32","unit":"g","range":[0.0,500.0],"values":[],"label":{"en":"Noise of the weight","fa":"نوفهٔ وزن"},"sensitive":false,"kind":"gauge","resolution":0.01,"regime":false},{"key":"temperature_cel","type":"float32","unit":"Cel","range":[-30.0,60.0],"values":[],"label":{"en":"Temperature","fa":"دما"},"sensitive":false,"kind":"gauge","resolution":0.1,"regime":false},{"key":"battery_voltage_v","type":"float32","unit":"V","range":[1.8,4.0],"values":[],"label":{"en":"Battery voltage","fa":"ولتاژ باتری"},"sensitive":false,"kind":"gauge","resolution":0.01,"regime":false},{"key":"battery_used_mah","type":"float64","unit":"mA.h","range":[0.0,20000.0],"values":[],"label":{"en":"Charge drawn from the battery","fa":"بار مصرف‌شده از باتری"},"sensitive":false,"kind":"counter","resolution":0.1,"regime":false},{"key":"rssi_dbm","type":"float32","unit":"dB{mW}","range":[-130.0,0.0],"values":[],"label":{"en":"Radio signal strength","fa":"قدرت سیگنال رادیویی"},"sensitive":false,"kind":"gauge","resolution":1.0,"regime":false},{"key":"radio_retries_total","type":"int64","unit":"{retry}","range":[0.0,100000000.0],"values":[],"label":{"en":"Transmissions repeated","fa":"ارسال‌های دوباره"},"sensitive":false,"kind":"counter","resolution":1.0,"regime":false},{"key":"items_taken_total","type":"int64","unit":"{item}","range":[0.0,100000000.0],"values":[],"label":{"en":"Items taken in total","fa":"کل کالاهای برداشته‌شده"},"sensitive":false,"kind":"counter","resolution":1.0,"regime":false},{"key":"items_added_total","type":"int64","unit":"{item}","range":[0.0,100000000.0],"values":[],"label":{"en":"Items added in total","fa":"کل کالاهای افزوده‌شده"},"sensitive":false,"kind":"counter","resolution":1.0,"regime":false}],"event":[{"key":"items_taken","label":{"en":"Items taken","fa":"کالا برداشته شد"},"severity":"info","sensitive":false,"attribute":[{"key":"items","type":"int64","unit":"{item}","range":[1.0,10000.0],"values":[],"label":{"en":"Items","fa":"تعداد"},"sensitive":false,"required":true},{"key":"remaining","type":"int64","unit":"{item}","range":[0.0,100000.0],"values":[],"label":{"en":"Left on the shelf","fa":"باقی‌مانده روی قفسه"},"sensitive":false,"required":false}]},{"key":"items_added","label":{"en":"Items added","fa":"کالا افزوده شد"},"severity":"info","sensitive":false,"attribute":[{"key":"items","type":"int64","unit":"{item}","range":[1.0,100000.0],"values":[],"label":{"en":"Items","fa":"تعداد"},"sensitive":false,"required":true},{"key":"remaining","type":"int64","unit":"{item}","range":[0.0,100000.0],"values":[],"label":{"en":"Now on the shelf","fa":"موجودی روی قفسه"},"sensitive":false,"required":false}]},{"key":"shelf_empty","label":{"en":"Shelf empty","fa":"قفسه خالی شد"},"severity":"warning","sensitive":false,"attribute":[]},{"key":"tare_done","label":{"en":"Zero set","fa":"صفر تنظیم شد"},"severity":"info","sensitive":false,"attribute":[{"key":"offset_g","type":"float32","unit":"g","range":[-2000.0,2000.0],"values":[],"label":{"en":"Offset removed","fa":"انحراف حذف‌شده"},"sensitive":false,"required":true}]},{"key":"weight_unstable","label":{"en":"Weight makes no sense","fa":"وزن نامعتبر است"},"severity":"error","sensitive":false,"attribute":[]},{"key":"weight_stable","label":{"en":"Weight plausible again","fa":"وزن دوباره معتبر است"},"severity":"info","sensitive":false,"attribute":[]},{"key":"overload_detected","label":{"en":"Overloaded","fa":"بار بیش از حد"},"severity":"warning","sensitive":false,"attribute":[{"key":"weight_g","type":"float32","unit":"g","range":[0.0,200000.0],"values":[],"label":{"en":"Weight","fa":"وزن"},"sensitive":false,"required":false}]},{"key":"overload_cleared","label":{"en":"No longer overloaded","fa":"بار به حد مجاز برگشت"},"severity":"info","sensitive":false,"attribute":[]},{"key":"radio_lost","label":{"en":"Radio connection lost","fa":"اتصال رادیویی قطع شد"},"severity":"warning","sensitive":false,"attribute":[]},{"key":"radio_recovered","label":{"en":"Radio connection recovered","fa":"اتصال رادیویی برقرار شد"},"severity":"info","sensitive":false,"attribute":[{"key":"outage_min","type":"float32","unit":"min","range":[0.0,100000.0],"values":[],"label":{"en":"Length of the outage","fa":"مدت قطعی"},"sensitive":false,"required":false}]},{"key":"battery_low","label":{"en":"Battery low","fa":"باتری ضعیف است"},"severity":"warning","sensitive":false,"attribute":[]},{"key":"battery_replaced","label":{"en":"Battery replaced","fa":"باتری تعویض شد"},"severity":"info","sensitive":false,"attribute":[]}],"use":{"event":"items_taken","start":null,"duration":null,"minimum_s":0.0,"count":"items"},"fault":[{"kind":"nonsense","label":{"en":"Reports nonsense","fa":"عدد پرت می‌دهد"},"opened_by":"weight_unstable","closed_by":"weight_stable","words":{"en":["nonsense","wrong number","wrong weight","wrong count","jumps","garbage","miscounts"],"fa":["عدد پرت","عدد اشتباه","وزن اشتباه","پرت میده","غلط می‌شماره","اشتباه می‌شمارد"]}},{"kind":"overload","label":{"en":"Says it is overloaded","fa":"خطای بار اضافه می‌دهد"},"opened_by":"overload_detected","closed_by":"overload_cleared","words":{"en":["overload","overloaded","too heavy"],"fa":["بار اضافه","بار زیاد","خطای وزن","سنگینه"]}},{"kind":"offline","label":{"en":"Loses its connection","fa":"اتصالش قطع می‌شود"},"opened_by":"radio_lost","closed_by":"radio_recovered","words":{"en":["offline","disconnects","no connection","loses connection","not reporting","no signal"],"fa":["قطع میشه","قطع می‌شود","وصل نمیشه","آنتن نداره","آفلاین","گزارش نمیده"]}},{"kind":"battery","label":{"en":"Battery low","fa":"باتری ضعیف است"},"opened_by":"battery_low","closed_by":"battery_replaced","words":{"en":["battery low","low battery","battery dead","battery warning"],"fa":["باتری ضعیف","باتریش تموم","هشدار باتری","باتری خالی"]}}],"failure_mode":[{"key":"load_cell_drift","label":{"en":"Load cell drifts","fa":"رانش لودسل"},"part":{"en":"Load cell","fa":"لودسل"},"signals":["zero_offset_g","weight_noise_g","temperature_cel","weight_g"],"horizon_days":30.0,"action":{"en":"Set the zero, replace the load cell when it returns","fa":"صفر را تنظیم و در صورت تکرار لودسل را تعویض کنید"},"parts":["SS-CELL"],"cost_failure":130.0,"cost_visit":40.0,"cost_part":20.0,"lead_time_days":5.0,"visit_effect":0.85},{"key":"battery_exhausted","label":{"en":"Battery exhausted","fa":"تمام شدن باتری"},"part":{"en":"Battery","fa":"باتری"},"signals":["battery_voltage_v","battery_used_mah","temperature_cel","radio_retries_total"],"horizon_days":30.0,"action":{"en":"Replace the battery","fa":"باتری را تعویض کنید"},"parts":["SS-BAT"],"cost_failure":80.0,"cost_visit":30.0,"cost_part":6.0,"lead_time_days":2.0,"visit_effect":0.98},{"key":"radio_degraded","label":{"en":"Radio link degraded","fa":"افت کیفیت ارتباط رادیویی"},"part":{"en":"Radio and antenna","fa":"رادیو و آنتن"},"signals":["rssi_dbm","radio_retries_total","battery_used_mah"],"horizon_days":21.0,"action":{"en":"Check the antenna and what stands before it","fa":"آنتن و موانع جلوی آن را بررسی کنید"},"parts":["SS-ANTENNA"],"cost_failure":90.0,"cost_visit":40.0,"cost_part":10.0,"lead_time_days":3.0,"visit_effect":0.7}],"command":[{"name":"tare","label":{"en":"Set the zero","fa":"تنظیم صفر"},"roles":["support","maintenance","stock"],"timeout_s":7200.0,"exclusive":true,"argument":[]},{"name":"run_self_test","label":{"en":"Run self-test","fa":"اجرای خودآزمایی"},"roles":["support","maintenance"],"timeout_s":7200.0,"exclusive":true,"argument":[]},{"name":"report_now","label":{"en":"Report now","fa":"گزارش فوری"},"roles":["support","stock"],"timeout_s":7200.0,"exclusive":false,"argument":[]}],"setting":[{"key":"item_weight_g","type":"float32","unit":"g","range":[1.0,30000.0],"values":[],"label":{"en":"Weight of one item","fa":"وزن هر کالا"},"sensitive":false,"default":250.0},{"key":"report_interval_s","type":"int64","unit":"s","range":[60.0,3600.0],"values":[],"label":{"en":"Report interval","fa":"فاصلهٔ گزارش"},"sensitive":false,"default":900},{"key":"low_stock_items","type":"int64","unit":"{item}","range":[0.0,100000.0],"values":[],"label":{"en":"Low stock below","fa":"کمبود موجودی زیر"},"sensitive":false,"default":10}],"claim_topics":["usage_frequency","stock_level","stock_consumption","battery_runtime","fault_frequency","fault_since","last_used"]}'::jsonb)
           ON CONFLICT (product) DO UPDATE SET version = EXCLUDED.version, definition = EXCLUDED.definition,
               applied_at = now()
           WHERE (products.version, products.definition) IS DISTINCT FROM (EXCLUDED.version, EXCLUDED.definition)
;;
CREATE TABLE "telemetry_stock_sensor" (ts timestamptz NOT NULL, seq bigint NOT NULL, lag_ms bigint NOT NULL, device_id int NOT NULL,
           boot int NOT NULL, quality smallint NOT NULL, extra jsonb, PRIMARY KEY (device_id, ts, boot, seq))
;;
SELECT create_hypertable('telemetry_stock_sensor'::regclass, by_range('ts', make_interval(days => 7)),
                                    create_default_indexes => false)
;;
ALTER TABLE "telemetry_stock_sensor" SET (timescaledb.enable_columnstore, timescaledb.segmentby = 'device_id', timescaledb.orderby = 'ts, boot, seq')
;;
CALL add_columnstore_policy('telemetry_stock_sensor'::regclass, after => make_interval(days => 14), if_not_exists => true)
;;
ALTER TABLE "telemetry_stock_sensor" ADD COLUMN "load_state" text, ADD COLUMN "weight_g" real, ADD COLUMN "stock_items" bigint, ADD COLUMN "zero_offset_g" real, ADD COLUMN "weight_noise_g" real, ADD COLUMN "temperature_cel" real, ADD COLUMN "battery_voltage_v" real, ADD COLUMN "battery_used_mah" double precision, ADD COLUMN "rssi_dbm" real, ADD COLUMN "radio_retries_total" bigint, ADD COLUMN "items_taken_total" bigint, ADD COLUMN "items_added_total" bigint
;;
INSERT INTO product_signals (product, key, type, unit) VALUES ('stock_sensor', 'load_state', 'enum', '1') ON CONFLICT DO NOTHING
;;
INSERT INTO product_signals (product, key, type, unit) VALUES ('stock_sensor', 'weight_g', 'float32', 'g') ON CONFLICT DO NOTHING
;;
INSERT INTO product_signals (product, key, type, unit) VALUES ('stock_sensor', 'stock_items', 'int64', '{item}') ON CONFLICT DO NOTHING
;;
INSERT INTO product_signals (product, key, type, unit) VALUES ('stock_sensor', 'zero_offset_g', 'float32', 'g') ON CONFLICT DO NOTHING
;;
INSERT INTO product_signals (product, key, type, unit) VALUES ('stock_sensor', 'weight_noise_g', 'float32', 'g') ON CONFLICT DO NOTHING
;;
INSERT INTO product_signals (product, key, type, unit) VALUES ('stock_sensor', 'temperature_cel', 'float32', 'Cel') ON CONFLICT DO NOTHING
;;
INSERT INTO product_signals (product, key, type, unit) VALUES ('stock_sensor', 'battery_voltage_v', 'float32', 'V') ON CONFLICT DO NOTHING
;;
INSERT INTO product_signals (product, key, type, unit) VALUES ('stock_sensor', 'battery_used_mah', 'float64', 'mA.h') ON CONFLICT DO NOTHING
;;
INSERT INTO product_signals (product, key, type, unit) VALUES ('stock_sensor', 'rssi_dbm', 'float32', 'dB{mW}') ON CONFLICT DO NOTHING
;;
INSERT INTO product_signals (product, key, type, unit) VALUES ('stock_sensor', 'radio_retries_total', 'int64', '{retry}') ON CONFLICT DO NOTHING
;;
INSERT INTO product_signals (product, key, type, unit) VALUES ('stock_sensor', 'items_taken_total', 'int64', '{item}') ON CONFLICT DO NOTHING
;;
INSERT INTO product_signals (product, key, type, unit) VALUES ('stock_sensor', 'items_added_total', 'int64', '{item}') ON CONFLICT DO NOTHING
;;
CREATE TABLE "audit_p2026_11" (LIKE "audit" INCLUDING DEFAULTS INCLUDING CONSTRAINTS)
;;
ALTER TABLE "audit" ATTACH PARTITION "audit_p2026_11" FOR VALUES FROM ('2026-11-01 00:00:00+00:00'::timestamptz) TO ('2026-12-01 00:00:00+00:00'::timestamptz)
;;
CREATE TABLE "audit_p2026_12" (LIKE "audit" INCLUDING DEFAULTS INCLUDING CONSTRAINTS)
;;
ALTER TABLE "audit" ATTACH PARTITION "audit_p2026_12" FOR VALUES FROM ('2026-12-01 00:00:00+00:00'::timestamptz) TO ('2027-01-01 00:00:00+00:00'::timestamptz)
;;
CREATE TABLE "audit_p2027_01" (LIKE "audit" INCLUDING DEFAULTS INCLUDING CONSTRAINTS)
;;
ALTER TABLE "audit" ATTACH PARTITION "audit_p2027_01" FOR VALUES FROM ('2027-01-01 00:00:00+00:00'::timestamptz) TO ('2027-02-01 00:00:00+00:00'::timestamptz)
;;
CREATE TABLE "audit_p2027_02" (LIKE "audit" INCLUDING DEFAULTS INCLUDING CONSTRAINTS)
;;
ALTER TABLE "audit" ATTACH PARTITION "audit_p2027_02" FOR VALUES FROM ('2027-02-01 00:00:00+00:00'::timestamptz) TO ('2027-03-01 00:00:00+00:00'::timestamptz)
;;
CREATE TABLE "audit_p2027_03" (LIKE "audit" INCLUDING DEFAULTS INCLUDING CONSTRAINTS)
;;
ALTER TABLE "audit" ATTACH PARTITION "audit_p2027_03" FOR VALUES FROM ('2027-03-01 00:00:00+00:00'::timestamptz) TO ('2027-04-01 00:00:00+00:00'::timestamptz)
;;
CREATE TABLE "audit_p2027_04" (LIKE "audit" INCLUDING DEFAULTS INCLUDING CONSTRAINTS)
;;
ALTER TABLE "audit" ATTACH PARTITION "audit_p2027_04" FOR VALUES FROM ('2027-04-01 00:00:00+00:00'::timestamptz) TO ('2027-05-01 00:00:00+00:00'::timestamptz)
;;
CREATE TABLE "audit_p2027_05" (LIKE "audit" INCLUDING DEFAULTS INCLUDING CONSTRAINTS)
;;
ALTER TABLE "audit" ATTACH PARTITION "audit_p2027_05" FOR VALUES FROM ('2027-05-01 00:00:00+00:00'::timestamptz) TO ('2027-06-01 00:00:00+00:00'::timestamptz)
;;
CREATE TABLE "audit_p2027_06" (LIKE "audit" INCLUDING DEFAULTS INCLUDING CONSTRAINTS)
;;
ALTER TABLE "audit" ATTACH PARTITION "audit_p2027_06" FOR VALUES FROM ('2027-06-01 00:00:00+00:00'::timestamptz) TO ('2027-07-01 00:00:00+00:00'::timestamptz)
;;
CREATE TABLE "audit_p2027_07" (LIKE "audit" INCLUDING DEFAULTS INCLUDING CONSTRAINTS)
;;
ALTER TABLE "audit" ATTACH PARTITION "audit_p2027_07" FOR VALUES FROM ('2027-07-01 00:00:00+00:00'::timestamptz) TO ('2027-08-01 00:00:00+00:00'::timestamptz)
;;
CREATE TABLE "audit_p2027_08" (LIKE "audit" INCLUDING DEFAULTS INCLUDING CONSTRAINTS)
;;
ALTER TABLE "audit" ATTACH PARTITION "audit_p2027_08" FOR VALUES FROM ('2027-08-01 00:00:00+00:00'::timestamptz) TO ('2027-09-01 00:00:00+00:00'::timestamptz)
;;
CREATE TABLE "audit_p2027_09" (LIKE "audit" INCLUDING DEFAULTS INCLUDING CONSTRAINTS)
;;
ALTER TABLE "audit" ATTACH PARTITION "audit_p2027_09" FOR VALUES FROM ('2027-09-01 00:00:00+00:00'::timestamptz) TO ('2027-10-01 00:00:00+00:00'::timestamptz)
;;
CREATE TABLE "audit_p2027_10" (LIKE "audit" INCLUDING DEFAULTS INCLUDING CONSTRAINTS)
;;
ALTER TABLE "audit" ATTACH PARTITION "audit_p2027_10" FOR VALUES FROM ('2027-10-01 00:00:00+00:00'::timestamptz) TO ('2027-11-01 00:00:00+00:00'::timestamptz)
;;
CREATE TABLE "audit_p2027_11" (LIKE "audit" INCLUDING DEFAULTS INCLUDING CONSTRAINTS)
;;
ALTER TABLE "audit" ATTACH PARTITION "audit_p2027_11" FOR VALUES FROM ('2027-11-01 00:00:00+00:00'::timestamptz) TO ('2027-12-01 00:00:00+00:00'::timestamptz)
;;
CREATE TABLE "audit_p2027_12" (LIKE "audit" INCLUDING DEFAULTS INCLUDING CONSTRAINTS)
;;
ALTER TABLE "audit" ATTACH PARTITION "audit_p2027_12" FOR VALUES FROM ('2027-12-01 00:00:00+00:00'::timestamptz) TO ('2028-01-01 00:00:00+00:00'::timestamptz)
;;
-- What the services' roles may do, where an operator has made them (deploy/roles.sql); elsewhere nothing happens.
-- Taken away and given again at every migration: what stands here is all they have. A new table is nobody's at first.
DO $$
DECLARE
    -- What `store.intake` writes, for ingest and for POST /telemetry.
    intake CONSTANT jsonb := '{
        "events": "SELECT, INSERT",
        "latest": "SELECT, INSERT, UPDATE",
        "device_state": "SELECT, INSERT, UPDATE",
        "connections": "SELECT, INSERT, UPDATE",
        "runs": "SELECT, INSERT, UPDATE, DELETE",
        "boots": "SELECT, INSERT, UPDATE",
        "heard": "SELECT, INSERT, UPDATE, DELETE",
        "unclocked": "SELECT, INSERT",
        "dead_messages": "SELECT, INSERT, UPDATE",
        "dead_letters": "SELECT, INSERT, UPDATE",
        "schema_migrations": "SELECT"}';
    rights CONSTANT jsonb := jsonb_build_object(
        'vop_ingest', intake || '{
            "devices (device_id, device, product, status)": "SELECT",
            "ingest_slots": "SELECT, INSERT, UPDATE"}',
        -- No UPDATE, DELETE or TRUNCATE of audit: beside the triggers, so that one mistake is not enough.
        'vop_api', intake || '{
            "products": "SELECT",
            "devices": "SELECT, INSERT, UPDATE",
            "customers": "SELECT, INSERT, UPDATE",
            "ownerships": "SELECT, INSERT, UPDATE, DELETE",
            "users": "SELECT, INSERT, UPDATE",
            "tokens": "SELECT, INSERT, UPDATE",
            "care_team": "SELECT, INSERT, UPDATE, DELETE",
            "consents": "SELECT, INSERT, UPDATE, DELETE",
            "idempotency": "SELECT, INSERT, UPDATE, DELETE",
            "dead_messages": "SELECT, INSERT, UPDATE, DELETE",
            "dead_letters": "SELECT, INSERT, UPDATE, DELETE",
            "audit": "SELECT, INSERT"}',
        'vop_accounts', '{
            "devices (device, status, mqtt_password)": "SELECT",
            "schema_migrations": "SELECT"}'::jsonb);
    grantee text;
    object text;
    verbs text;
BEGIN
    FOR grantee IN SELECT rolname FROM pg_roles WHERE rights ? rolname LOOP
        EXECUTE format('REVOKE ALL ON ALL TABLES IN SCHEMA public FROM %I', grantee);
        EXECUTE format('GRANT USAGE ON SCHEMA public TO %I', grantee);
        FOR object, verbs IN SELECT key, value FROM jsonb_each_text(rights -> grantee) LOOP
            -- "table (columns)": the columns stand behind the verb.
            IF object LIKE '% (%' THEN
                verbs := verbs || substr(object, position(' (' IN object));
                object := split_part(object, ' ', 1);
            END IF;
            EXECUTE format('GRANT %s ON %I TO %I', verbs, object, grantee);
        END LOOP;
        CONTINUE WHEN grantee = 'vop_accounts';
        FOR object IN SELECT 'telemetry_' || product FROM products LOOP
            EXECUTE format('GRANT SELECT, INSERT ON %I TO %I', object, grantee);
        END LOOP;
    END LOOP;
END $$
