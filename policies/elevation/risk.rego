package elevation

# What makes a request riskier than its system says: where one approval would do it takes two, and the card says why.

# METADATA
# title: elevation.raised_night_first_time
# description: Asked at night or for a start at night, for the first time on this system, which holds customer data.
raises contains _reason(rego.metadata.rule()) if {
	system_known
	_one_would_do
	not _harmless
	not _by_day
	not _known_here
}

# METADATA
# title: elevation.raised_many_in_an_hour
# description: Twenty or more requests of one person in an hour.
raises contains _reason(rego.metadata.rule()) if {
	system_known
	_one_would_do
	not few_in_an_hour
}

_one_would_do if usual_approvals < 2

_harmless if not input.system.category in {"customer-data", "customer-content"}

_by_day if input.risk.night == false

_known_here if input.risk.first_time == false

# METADATA
# description: Fewer requests than a person makes by hand; a number that is not known is none of these.
few_in_an_hour if input.risk.asked_in_hour < 20
