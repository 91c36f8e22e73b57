-- works with: 0006
-- What the list of devices is searched by.

-- step alone
CREATE INDEX CONCURRENTLY IF NOT EXISTS device_state_firmware ON device_state (firmware, device_id);
-- step alone
CREATE INDEX CONCURRENTLY IF NOT EXISTS devices_status ON devices (status, device);
-- step alone
-- The exclusion constraint's own index finds a device's owner too, ten times slower.
CREATE INDEX CONCURRENTLY IF NOT EXISTS ownerships_device ON ownerships (device_id);
