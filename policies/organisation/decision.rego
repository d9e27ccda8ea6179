# METADATA
# title: Organisation
# description: Who may change who there is and what the rules are (rule 17).
package organisation

# METADATA
# title: organisation.nothing_applies
# description: No rule allows this change.
default decision := {
	"effect": "deny",
	"reasons": [{
		"rule": "organisation.nothing_applies",
		"message": "No rule allows this change.",
	}],
	"approvers": null,
	"obligations": [],
}

# METADATA
# title: Decision
# description: The first apply is the genesis. Later ones are refused, since a change has to be planned and countersigned first.
# entrypoint: true
decision := {
	"effect": "allow",
	"reasons": [{
		"rule": "organisation.genesis",
		"message": "Nothing is applied yet: this organisation is the first.",
	}],
	"approvers": null,
	"obligations": [],
} if {
	input.action == "apply"
	input.applied == null
} else := {
	"effect": "deny",
	"reasons": [{
		"rule": "organisation.applied_already",
		"message": "An organisation is applied. This version cannot change it; start anew with --fresh to try another.",
	}],
	"approvers": null,
	"obligations": [],
} if {
	input.action == "apply"
}
