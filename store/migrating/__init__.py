"""How a migration file is read and carried out; `store.migrate` decides which ones."""
