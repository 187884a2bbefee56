"""What our own API takes and answers: its requests and responses, apart from the engine's types ([decisions/025]).

`fields` has what all of them share, `tasks` and `menus` the tasks that a customer may give, `engine_tasks` makes them
the engine's. Nothing here has a field of the engine's own: ids, tags, counts.
"""
