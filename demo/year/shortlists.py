def plan_shortlists(world, folder): pass
