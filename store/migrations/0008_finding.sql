-- works with: 0007
-- What devices and customers are found by: ids, serials and names, however they are typed.

-- step
-- A text as it is compared: small letters, one form of each Persian letter however a keyboard writes it, Latin digits,
-- nothing that is only seen (vowel signs, stretching, marks of direction). What asks is put through it too.
CREATE FUNCTION as_searched(said text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN lower(translate(normalize(said, NFKC),
        -- yeh, alef maksura, yeh with hamza; kaf; teh marbuta, heh with yeh; alefs; waw with hamza; digits; no letters
        U&'\064A\0649\0626\0643\0629\06C0\0623\0625\0671\0622\0624'
        '\06F0\06F1\06F2\06F3\06F4\06F5\06F6\06F7\06F8\06F9\0660\0661\0662\0663\0664\0665\0666\0667\0668\0669'
        '\0640\064B\064C\064D\064E\064F\0650\0651\0652\0653\0654\0655\0670'
        '\00AD\200D\200E\200F\202A\202B\202C\202D\202E\2066\2067\2068\2069\FEFF',
        U&'\06CC\06CC\06CC\06A9\0647\0647\0627\0627\0627\0627\0648'
        '01234567890123456789'));

-- Kept beside what it is made of: made anew for each row that is looked at, it would cost 5 us.
ALTER TABLE devices ADD COLUMN found_by text;
ALTER TABLE customers ADD COLUMN found_by text;
CREATE FUNCTION found_by_id_and_serial() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    NEW.found_by := public.as_searched(NEW.device || ' ' || coalesce(NEW.serial, ''));
    RETURN NEW;
END $$;
CREATE FUNCTION found_by_id_and_name() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    NEW.found_by := public.as_searched(NEW.customer || ' ' || NEW.name);
    RETURN NEW;
END $$;
CREATE TRIGGER devices_found_by BEFORE INSERT OR UPDATE OF device, serial ON devices
    FOR EACH ROW EXECUTE FUNCTION found_by_id_and_serial();
CREATE TRIGGER customers_found_by BEFORE INSERT OR UPDATE OF customer, name ON customers
    FOR EACH ROW EXECUTE FUNCTION found_by_id_and_name();

-- step repeated
UPDATE devices SET found_by = as_searched(device || ' ' || coalesce(serial, '')) WHERE device_id = ANY (ARRAY(
    SELECT device_id FROM devices WHERE found_by IS NULL LIMIT 5000));
-- step repeated
UPDATE customers SET found_by = as_searched(customer || ' ' || name) WHERE customer_id = ANY (ARRAY(
    SELECT customer_id FROM customers WHERE found_by IS NULL LIMIT 5000));
-- step alone
CREATE INDEX CONCURRENTLY IF NOT EXISTS devices_found ON devices USING gin (found_by gin_trgm_ops);
-- step alone
CREATE INDEX CONCURRENTLY IF NOT EXISTS customers_found ON customers USING gin (found_by gin_trgm_ops);
-- step alone
DROP INDEX CONCURRENTLY IF EXISTS devices_search;
-- step alone
DROP INDEX CONCURRENTLY IF EXISTS customers_search;
