package erasure_test

import data.erasure

dan := {"id": "dan", "kind": "person", "active": true, "guest": false, "roles": ["security"], "teams": ["security"]}

eve := object.union(dan, {"id": "eve"})

bob := object.union(dan, {"id": "bob", "roles": ["approver"]})

asking := {"action": "request", "actor": dan, "subject": bob, "requester": null, "verdict": null, "votes": []}

voting := object.union(asking, {"action": "vote", "actor": eve, "requester": dan, "verdict": "approve"})

agrees(principal) := {"principal": principal, "verdict": "approve", "seal_matches": true}

executing(votes) := object.union(asking, {"action": "execute", "requester": dan, "votes": votes})

answers(facts, effect, rules) if {
	decision := erasure.decision with input as facts
	decision.effect == effect
	{reason.rule | some reason in decision.reasons} == rules
}

allows(facts, rule) if answers(facts, "allow", {rule})

denies(facts, rule) if answers(facts, "deny", {rule})

blocks(facts, rule) if {
	answers(facts, "block", {rule})
	decision := erasure.decision with input as facts
	decision.obligations == [{"kind": "alert", "role": "security"}]
}

test_security_asks if {
	allows(asking, "erasure.request")
	allows(object.union(asking, {"subject": eve}), "erasure.request")
}

test_one_who_left_and_a_contractor_can_be_erased if {
	allows(object.union(asking, {"subject": object.union(bob, {"active": false})}), "erasure.request")
	allows(object.union(asking, {"subject": object.union(bob, {"kind": "contractor"})}), "erasure.request")
}

test_nobody_else_asks_or_agrees if {
	denies(object.union(asking, {"actor": bob, "subject": dan}), "erasure.not_security")
	denies(object.union(voting, {"actor": object.union(bob, {"id": "cat"})}), "erasure.not_security")
}

test_not_oneself if {
	denies(object.union(asking, {"subject": dan}), "erasure.oneself")
	denies(object.union(voting, {"subject": eve}), "erasure.oneself")
}

test_an_unknown_is_said_to_be_unknown_and_nothing_else if denies(object.union(asking, {"subject": null}), "erasure.subject_unknown")

test_no_service if denies(object.union(asking, {"subject": {"kind": "service"}}), "erasure.subject_service")

test_a_second_person_agrees_and_never_the_asker if {
	allows(voting, "erasure.vote")
	denies(object.union(voting, {"actor": dan}), "erasure.own_request")
	denies(object.union(voting, {"actor": dan, "verdict": null}), "erasure.own_request")
	denies(object.union(voting, {"requester": null}), "erasure.own_request")
}

test_the_asker_takes_it_back if allows(object.union(voting, {"actor": dan, "verdict": "deny"}), "erasure.vote")

test_a_frozen_one_of_security_is_blocked if {
	frozen := object.union(dan, {"active": false})
	every facts in [asking, voting, executing([agrees(eve)])] {
		blocks(object.union(facts, {"actor": frozen}), "erasure.inactive_actor")
	}
}

test_services_and_guests_are_blocked if {
	blocks(object.union(asking, {"actor": {"kind": "service"}}), "erasure.not_human")
	blocks(object.union(voting, {"actor": {"guest": true}}), "erasure.not_human")
}

test_a_countersigned_erasure_is_carried_out if allows(executing([agrees(eve)]), "erasure.execute")

test_rule_4_only_votes_that_still_count if {
	denies(executing([]), "erasure.not_countersigned")
	denies(executing([agrees(dan)]), "erasure.not_countersigned")
	denies(executing([agrees(bob)]), "erasure.not_countersigned")
	denies(executing([agrees(object.union(eve, {"active": false}))]), "erasure.not_countersigned")
	denies(executing([agrees(object.union(eve, {"guest": true}))]), "erasure.not_countersigned")
	denies(executing([agrees(object.union(eve, {"roles": ["approver"]}))]), "erasure.not_countersigned")
	denies(executing([object.union(agrees(eve), {"seal_matches": false})]), "erasure.not_countersigned")
	denies(object.union(executing([agrees(eve)]), {"subject": eve}), "erasure.not_countersigned")
}

test_rule_2_an_unknown_action_is_denied if {
	denies({"action": "burn", "actor": dan}, "erasure.nothing_applies")
	answers({}, "block", {"erasure.inactive_actor"})
}

test_rule_2_no_action_goes_through_without_its_facts if {
	every action in {"request", "vote", "execute"} {
		decision := erasure.decision with input as {"action": action}
		decision.effect == "block"
	}
}
