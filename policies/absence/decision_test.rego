package absence_test

import data.absence

bob := {"id": "bob", "kind": "person", "active": true, "guest": false, "roles": ["approver"], "teams": []}

cat := object.union(bob, {"id": "cat"})

alice := object.union(bob, {"id": "alice", "roles": ["engineer"]})

begin := {
	"action": "begin",
	"actor": bob,
	"person": bob,
	"delegate": cat,
	"approver_roles": ["approver", "lead"],
	"away": [],
}

allows(facts) if {
	decision := absence.decision with input as facts
	decision.effect == "allow"
}

denies(facts, rule) if {
	decision := absence.decision with input as facts
	decision.effect == "deny"
	{reason.rule | some reason in decision.reasons} == {rule}
}

test_an_approver_may_be_away_with_or_without_a_delegate if {
	allows(begin)
	allows(object.union(begin, {"delegate": null}))
}

test_a_delegate_already_holds_the_role if {
	denies(object.union(begin, {"delegate": alice}), "absence.delegate_not_like_you")
	denies(object.union(begin, {"delegate": {"roles": ["lead"]}}), "absence.delegate_not_like_you")
	denies(json.remove(begin, ["delegate"]), "absence.delegate_not_like_you")
}

test_services_guests_leavers_and_oneself_stand_in_for_nobody if {
	every over in [{"kind": "service"}, {"guest": true}, {"active": false}, {"id": "bob"}] {
		denies(object.union(begin, {"delegate": over}), "absence.delegate_not_like_you")
	}
}

test_who_is_away_stands_in_for_nobody if denies(object.union(begin, {"away": ["cat"]}), "absence.delegate_away")

test_who_approves_nothing_needs_no_absence if denies(
	object.union(begin, {"actor": alice, "person": alice, "delegate": null}),
	"absence.approves_nothing",
)

test_nobody_sends_somebody_else_away if denies(object.union(begin, {"person": cat, "delegate": null}), "absence.not_your_absence")

test_coming_back_is_ones_own if {
	allows(object.union(begin, {"action": "end"}))
	denies(object.union(begin, {"action": "end", "person": cat}), "absence.not_your_absence")
	denies(object.union(begin, {"action": "end", "actor": {"active": false}}), "absence.inactive_actor")
}

test_rule_2_an_unknown_action_is_denied if denies(object.union(begin, {"action": "vote"}), "absence.nothing_applies")
