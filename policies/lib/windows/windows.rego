# METADATA
# title: Windows
# description: >-
#   What a window may cover at all, asked when it is asked for and again at each use. Whatever could cost customers, money or
#   the next deployment is looked at each time, by a person.
package lib.windows

# METADATA
# description: The system's owner lets windows be asked for.
allowed_on(system) if {
	is_number(system.windows.maximum_days)
	is_number(system.windows.maximum_uses)
}

# METADATA
# description: A system without customer data, billing or deployments.
ordinary(system) if {
	is_string(system.category)
	not system.category in {"customer-data", "customer-content", "billing", "deployment-pipeline"}
}

# METADATA
# description: Deploys nothing, and what it does can be undone.
harmless(scope) if {
	scope.destructive == false
	scope.deploys == false
}
