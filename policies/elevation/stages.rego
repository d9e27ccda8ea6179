package elevation

import data.lib.principals
import data.lib.stages as staging

# METADATA
# description: The stages of this decision, in turn.
stages := staging.in_turn(input.system, input.scope, needed)

# METADATA
# description: How many the named stages ask for; none where none are named.
default staged_approvals := 0

staged_approvals := staging.asked(input.scope)

# METADATA
# description: These people fill all stages.
filled(people) if staging.filled(stages, people, staging.all_of(stages))

# METADATA
# description: What an approver does that lets nothing through.
no_yes if input.verdict in {"deny", "shorten", "ask_more"}

# METADATA
# description: A yes comes from those whose turn it is; whatever else an approver does, they may do at any time.
actor_in_turn if no_yes

actor_in_turn if principals.holds_any(input.actor, stages[staging.current(stages, approving)].roles)

# Nobody is left to wait for: one more yes than policy asks for by now is no harm, and what waits for it goes on.
actor_in_turn if filled(approving)

# METADATA
# description: Who may countersign, stage by stage.
staged_approvers := staging.with_people(stages, candidates)
