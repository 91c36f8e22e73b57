-- works with: 0008
-- The faults that are open, kept by whoever adds an event.

-- step
-- The faults that an event ends, as the catalogue of the last migration declares them.
CREATE TABLE fault_kinds (
    product   text NOT NULL REFERENCES products,
    fault     text NOT NULL,
    opened_by text NOT NULL,
    closed_by text NOT NULL,
    filled_at timestamptz,                     -- when the events from before it was declared were gone through
    PRIMARY KEY (product, fault)
);

-- The newest beginning and end of each of these faults, by [ts in us since the epoch, boot, seq]. It only grows, so in
-- whatever order events arrive and transactions commit, the same remains.
CREATE TABLE faults (
    device_id int NOT NULL REFERENCES devices,
    fault     text NOT NULL,
    product   text NOT NULL,
    opened    bigint[],
    closed    bigint[],
    is_open   boolean NOT NULL GENERATED ALWAYS AS (opened IS NOT NULL AND (closed IS NULL OR closed < opened)) STORED,
    PRIMARY KEY (device_id, fault)
) WITH (fillfactor = 70);
CREATE INDEX faults_open ON faults (product, device_id) WHERE is_open;

-- One statement a batch of events, whoever writes it: programs from before this migration do too. It runs as the owner
-- of the tables, for to events one may only add.
CREATE FUNCTION note_faults() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO public.faults AS known (device_id, fault, product, opened, closed)
    SELECT e.device_id, k.fault, k.product,
           max(place) FILTER (WHERE e.kind = k.opened_by), max(place) FILTER (WHERE e.kind = k.closed_by)
    FROM (
        -- A device is looked up by its number, and only for such events: of a join the planner makes a scan of all.
        SELECT device_id, kind, ARRAY[(extract(epoch FROM ts) * 1000000)::bigint, boot, seq] AS place,
               (SELECT product FROM public.devices d WHERE d.device_id = a.device_id) AS product
        FROM arrived a
        WHERE kind IN (SELECT opened_by FROM public.fault_kinds UNION ALL SELECT closed_by FROM public.fault_kinds)
        OFFSET 0
    ) e JOIN public.fault_kinds k ON k.product = e.product AND e.kind IN (k.opened_by, k.closed_by)
    GROUP BY e.device_id, k.fault, k.product
    ORDER BY e.device_id, k.fault              -- two batches that meet queue up instead of deadlocking
    ON CONFLICT (device_id, fault) DO UPDATE
        SET opened = greatest(known.opened, EXCLUDED.opened), closed = greatest(known.closed, EXCLUDED.closed)
        WHERE known.opened IS DISTINCT FROM greatest(known.opened, EXCLUDED.opened)
           OR known.closed IS DISTINCT FROM greatest(known.closed, EXCLUDED.closed);
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION note_faults FROM PUBLIC;
CREATE TRIGGER events_note_faults AFTER INSERT ON events REFERENCING NEW TABLE AS arrived
    FOR EACH STATEMENT EXECUTE FUNCTION note_faults();
