package recall_test

import data.recall

dan := {"id": "dan", "kind": "person", "active": true, "guest": false, "roles": ["security"], "teams": ["security"]}

eve := object.union(dan, {"id": "eve"})

bob := object.union(dan, {"id": "bob", "roles": ["approver"]})

alice := object.union(bob, {"id": "alice", "roles": ["engineer"]})

recalling := {"action": "recall", "actor": dan, "subject": bob, "caller": null, "item": null}

accepting := {"action": "accept", "actor": eve, "subject": bob, "caller": dan, "item": {"requester": alice, "subject": alice}}

flagging := object.union(accepting, {"action": "flag"})

answers(facts, effect, rules) if {
	decision := recall.decision with input as facts
	decision.effect == effect
	{reason.rule | some reason in decision.reasons} == rules
}

allows(facts, rule) if answers(facts, "allow", {rule})

denies(facts, rule) if answers(facts, "deny", {rule})

blocks(facts, rule) if answers(facts, "block", {rule})

test_security_recalls_sees_accepts_and_flags if {
	allows(recalling, "recall.recall")
	allows(object.union(accepting, {"action": "see"}), "recall.see")
	allows(accepting, "recall.accept")
	allows(flagging, "recall.flag")
}

test_nobody_else_does if {
	every action in {"recall", "see", "accept", "flag"} {
		denies(object.union(accepting, {"action": action, "actor": object.union(bob, {"id": "cat"})}), "recall.not_security")
	}
}

test_not_about_oneself if {
	every action in {"recall", "see", "accept", "flag"} {
		denies(object.union(accepting, {"action": action, "subject": eve}), "recall.oneself")
	}
}

test_an_unknown_is_said_to_be_unknown_and_nothing_else if denies(object.union(recalling, {"subject": null}), "recall.subject_unknown")

test_who_called_for_it_flags_and_does_not_accept if {
	denies(object.union(accepting, {"actor": dan}), "recall.caller_accepts")
	allows(object.union(flagging, {"actor": dan}), "recall.flag")
}

test_nobody_accepts_what_they_asked_or_gained if {
	denies(object.union(accepting, {"item": {"requester": eve}}), "recall.own_item")
	denies(object.union(accepting, {"item": {"subject": eve}}), "recall.own_item")
	allows(object.union(flagging, {"item": {"subject": eve}}), "recall.flag")
}

test_a_frozen_one_of_security_a_service_and_a_guest_are_blocked if {
	blocks(object.union(recalling, {"actor": {"active": false}}), "recall.inactive_actor")
	blocks(object.union(accepting, {"actor": {"kind": "service"}}), "recall.not_human")
	blocks(object.union(flagging, {"actor": {"guest": true}}), "recall.not_human")
}

test_rule_2_an_unknown_action_is_denied if {
	denies(object.union(recalling, {"action": "forget"}), "recall.nothing_applies")
	answers({}, "block", {"recall.inactive_actor"})
}

test_rule_2_no_action_goes_through_without_its_facts if {
	every action in {"recall", "see", "accept", "flag"} {
		decision := recall.decision with input as {"action": action}
		decision.effect == "block"
		not_accepted := recall.decision with input as {"action": action, "actor": eve}
		not_accepted.effect == "deny"
	}
}
