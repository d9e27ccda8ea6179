# METADATA
# title: Stages
# description: Who decides in turn, and whether people fill the places there are.
package lib.stages

import data.lib.principals

# METADATA
# description: >-
#   The stages of a decision: those the scope names, else one of the system's approver roles. What is needed beyond theirs is
#   asked of the first.
in_turn(system, scope, needed) := [{"roles": system.approver_roles, "needed": needed}] if not _named(scope)

in_turn(_, scope, needed) := [{"roles": stage.roles, "needed": more} |
	some index, stage in scope.stages
	more := stage.needed + _surplus(index, needed - asked(scope))
] if {
	_named(scope)
}

_named(scope) if count(scope.stages) > 0

_surplus(0, more) := more

_surplus(index, _) := 0 if index > 0

# METADATA
# description: How many the named stages ask for; none where none are named.
asked(scope) := sum([stage.needed | some stage in scope.stages])

# METADATA
# description: >-
#   These people fill these stages, each person one place of one stage. By Hall's theorem that is so if any group of stages
#   finds as many people as it needs: one, two, or all three, since there are no more.
filled(stages, people, indexes) if {
	count(indexes) > 0
	groups := {indexes} | {{one, two} | some one in indexes; some two in indexes}
	short := {group | some group in groups; not _find_enough(stages, people, group)}
	count(short) == 0
}

_find_enough(stages, people, indexes) if {
	holders := {person.id |
		some person in people
		some index in indexes
		principals.holds_any(person, stages[index].roles)
	}
	count(holders) >= sum([stages[index].needed | some index in indexes])
}

# METADATA
# description: All of them, by number.
all_of(stages) := {index | some index, _ in stages}

# METADATA
# description: The first stage that these people do not fill, with those before it.
current(stages, people) := min({index |
	some index in all_of(stages)
	not filled(stages, people, _up_to(stages, index))
})

_up_to(stages, last) := {index | some index in all_of(stages); index <= last}

# METADATA
# description: Each stage with those of the candidates who may decide in it.
with_people(stages, candidates) := [{"needed": stage.needed, "principals": sort(people)} |
	some stage in stages
	people := {principal.id |
		some principal in candidates
		principals.holds_any(principal, stage.roles)
	}
]
