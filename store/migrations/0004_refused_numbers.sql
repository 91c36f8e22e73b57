-- works with: 0003
-- A refused element's number as it says it, where that can be read: it came, and is not among the lost ones.
ALTER TABLE dead_letters ADD COLUMN boot int, ADD COLUMN seq bigint;
