package elevation

import data.lib.principals

# METADATA
# description: >-
#   The stages of a decision, in turn: those the scope or the system names, else one of the approver roles. What is needed
#   beyond theirs is asked of the first.
stages := [{"roles": input.system.approver_roles, "needed": needed}] if not _staged

stages := [{"roles": stage.roles, "needed": more} |
	some index, stage in input.scope.stages
	more := stage.needed + _surplus(index)
] if {
	_staged
}

_staged if count(input.scope.stages) > 0

_surplus(0) := needed - staged_approvals

_surplus(index) := 0 if index > 0

# METADATA
# description: How many the named stages ask for; none where none are named.
default staged_approvals := 0

staged_approvals := sum([stage.needed | some stage in input.scope.stages])

_all_stages := {index | some index, _ in stages}

# METADATA
# description: >-
#   These people fill these stages, each person one place of one stage. By Hall's theorem that is so if any group of stages
#   finds as many people as it needs: one, two, or all three, since there are no more.
filled(people, indexes) if {
	count(indexes) > 0
	groups := {indexes} | {{one, two} | some one in indexes; some two in indexes}
	short := {group | some group in groups; not _find_enough(people, group)}
	count(short) == 0
}

_find_enough(people, indexes) if {
	holders := {person.id |
		some person in people
		some index in indexes
		principals.holds_any(person, stages[index].roles)
	}
	count(holders) >= sum([stages[index].needed | some index in indexes])
}

# METADATA
# description: The first stage that the votes so far do not fill, with those before it.
current_stage := min({index |
	some index in _all_stages
	not filled(approving, numbers_to(index))
})

# METADATA
# description: The stages up to this one.
numbers_to(last) := {index | some index in _all_stages; index <= last}

# METADATA
# description: A yes comes from those whose turn it is; whatever else an approver does, they may do at any time.
actor_in_turn if input.verdict in {"deny", "shorten", "ask_more"}

actor_in_turn if principals.holds_any(input.actor, stages[current_stage].roles)

# METADATA
# description: Who may countersign, stage by stage.
staged_approvers := [{"needed": stage.needed, "principals": sort(people)} |
	some stage in stages
	people := {principal.id |
		some principal in candidates
		principals.holds_any(principal, stage.roles)
	}
]
