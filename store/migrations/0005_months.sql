-- works with: 0004
-- A month's partition is made by whoever meets its first row: as the owner of the tables, for nobody else may make one.

CREATE FUNCTION make_month(parent text, month date) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    since timestamptz := (date_trunc('month', month::timestamp)) AT TIME ZONE 'UTC';
    until timestamptz := (date_trunc('month', month::timestamp) + interval '1 month') AT TIME ZONE 'UTC';
    part text := parent || to_char(month, '"_p"YYYY_MM');
BEGIN
    IF parent <> 'audit' AND NOT EXISTS (SELECT FROM public.products WHERE 'telemetry_' || product = parent) THEN
        RAISE EXCEPTION 'no table % is kept by month', parent USING ERRCODE = 'invalid_parameter_value';
    END IF;
    IF month < date '1970-01-01' OR month > now() + interval '3 years' THEN
        RAISE EXCEPTION '% lies beyond the months that are kept', month USING ERRCODE = 'invalid_parameter_value';
    END IF;
    PERFORM pg_advisory_xact_lock(hashtext(part));
    IF to_regclass(format('public.%I', part)) IS NOT NULL THEN
        RETURN false;
    END IF;
    -- Made as a table of its own and then attached: readers and writers of the parent go on meanwhile.
    EXECUTE format('CREATE TABLE public.%I (LIKE public.%I INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', part, parent);
    EXECUTE format('ALTER TABLE public.%I ATTACH PARTITION public.%I FOR VALUES FROM (%L) TO (%L)',
                   parent, part, since, until);
    RETURN true;
END $$;
REVOKE ALL ON FUNCTION make_month FROM PUBLIC;
