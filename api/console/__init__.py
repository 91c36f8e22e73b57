"""The console: pages for people, rendered here, over the same functions the JSON routes call.

`rendering.page` makes every page, `routing.pages` every router; docs/console.md shows how to write one.
"""
