def plan_rooms(world, folder): pass
