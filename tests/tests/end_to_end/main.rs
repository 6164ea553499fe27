//! The whole service, end to end: the real template and release binaries on an emulated AWS, with a simulated carrier.
//!
//! Most tests share one stack, with phone numbers of their own. Tests that cause an outage of a whole stack run one at
//! a time on a second stack. Tests with two carriers run one at a time on a third stack, and so do tests that need each
//! answer of AWS within the adapters' timeouts. If `AWS_ENDPOINT_URL` is set, the tests use the AWS at that address,
//! except the chaos test, which stops its emulator and kills functions.
//!
//! Apart from the chaos and conformance tests, no test waits for a fixed time. Each test waits for a state, or moves
//! the times of one record as if time had passed. When all tests of a stack are over, one check makes sure that
//! finished people got no more calls or texts.

mod alone;
mod calls;
mod calls_to_service;
mod carriers;
mod chaos;
mod conformance;
mod conversation;
mod costs;
mod dead_letters;
mod deleting;
mod deliveries;
mod faults;
mod hostile;
mod keys;
mod mailboxes;
mod misconfigurations;
mod operating;
mod outcomes;
mod permissions;
mod readme;
mod restore;
mod series;
mod talk;
mod texts;
mod turns;
mod wakeups;

use std::process::ExitCode;
use std::sync::Arc;
use std::thread;

use anyhow::{Result, anyhow, ensure};
use libtest_mimic::{Arguments, Conclusion, Failed, Trial};
use local::deploy::Accounts;
use local::stack::Aws;
use tests::{Permissions, Stage};
use tokio::runtime::{Builder, Runtime};

/// Default number of tests that run at the same time on the shared stack. Most of their time is waiting.
const AT_ONCE: usize = 12;

/// Printed at the start, because `cargo test` otherwise seems to hang.
const NOTICE: &str = "
End-to-end tests: they start emulated AWS stacks on this machine and take about four minutes on two cores; the first time
some minutes more, to install the tools and compile the functions. LONG=true also runs the ignored tests, such as the
chaos run, four minutes more. RELEASE=true tests the functions as SAM builds them for AWS.
All other tests, without any stack: cargo test --workspace --exclude tests
";

/// Tests that take minutes. Without `LONG=true` they are ignored, unless the command line selects tests by their names.
const LONG_TESTS: [&str; 5] = [
    "chaos::nothing_is_lost_or_doubled_under_faults",
    "costs::no_reminder_costs_more_requests_than_the_table_states",
    "misconfigurations::each_is_found_and_no_problem_is_left_after_it",
    "restore::a_stack_that_is_pointed_at_a_restored_table_still_rings",
    "talk::steps_of_the_talk_end_as_promised",
];

/// Marks the long tests as ignored, unless this run includes them.
fn ignore_long_tests(arguments: &Arguments, trials: Vec<Trial>) -> Vec<Trial> {
    let is_long_run = arguments.filter.is_some() || std::env::var("LONG").is_ok_and(|value| value == "true");
    // `--ignored` runs only tests with the mark.
    let is_included = is_long_run && !arguments.ignored;
    let mark = |trial: Trial| {
        let is_long = LONG_TESTS.contains(&trial.name());
        trial.with_ignored_flag(is_long && !is_included)
    };
    trials.into_iter().map(mark).collect()
}

/// The runtime and the stage on which a trial runs. Absent if only the names of the trials are needed.
type Shared = Option<(Arc<Runtime>, Arc<Stage>)>;

/// Makes a list of trials from test functions. A trial is named `module::function`.
macro_rules! trials {
    ($shared:expr, [$($module:ident :: $name:ident),* $(,)?]) => {
        vec![$({
            let shared: Shared = $shared.clone();
            Trial::test(concat!(stringify!($module), "::", stringify!($name)), move || {
                let Some((runtime, stage)) = shared else { return Err(Failed::from("there is no stage")) };
                runtime.block_on($module::$name(&stage)).map_err(|error| Failed::from(format!("{error:#}")))
            })
        }),*]
    };
}

/// Tests that share a stack. Together they must not make the carrier fail five times in a minute, because its circuit
/// breaker would open for all of them.
fn together(shared: &Shared) -> Vec<Trial> {
    trials!(
        shared,
        [
            turns::two_reminders_due_in_the_same_second_follow_each_other,
            mailboxes::a_phone_with_a_mailbox_rings_three_times_and_gets_one_message_and_one_text,
            mailboxes::a_person_who_takes_a_screened_call_hears_the_reminder,
            mailboxes::a_screened_call_that_the_person_declines_is_followed_by_another_call,
            keys::key_2_requests_another_call_in_ten_minutes,
            keys::key_9_twice_stops_all_calls_until_the_person_opts_in,
            keys::key_9_followed_by_key_1_does_not_stop_the_calls,
            keys::a_late_key_of_the_last_call_withdraws_the_text_that_was_not_tried,
            calls_to_service::a_person_who_calls_back_hears_the_missed_reminder_and_acknowledges_it_with_key_1,
            calls_to_service::a_person_who_calls_back_is_called_again_after_key_2,
            calls_to_service::a_person_who_calls_when_nothing_rang_hears_the_next_reminder,
            deliveries::a_text_of_an_unregistered_number_alarms_the_operator_and_the_series_goes_on,
            deliveries::a_text_to_a_phone_that_is_off_is_sent_again_until_it_is_delivered,
            deliveries::a_text_that_is_refused_for_now_does_not_delay_the_next_call,
            series::a_series_missed_five_times_is_paused_and_resume_brings_it_back,
            series::done_after_a_heard_occurrence_does_not_end_the_next_one,
            series::undo_takes_back_a_skip_and_a_deletion,
            series::a_series_moves_to_a_new_zone_only_after_yes,
            series::correcting_a_guessed_zone_moves_the_series_to_the_new_zone,
            readme::every_example_is_answered_as_its_conversation_expects,
            readme::every_example_of_the_table_is_in_a_conversation,
            outcomes::a_heard_reminder_is_counted_by_each_function_on_its_way,
            outcomes::a_webhook_with_a_wrong_signature_is_told_from_one_without,
            calls::a_text_becomes_a_call_that_is_heard,
            calls::a_text_over_sns_becomes_a_call_and_is_answered_by_a_text,
            calls::two_missed_calls_are_followed_by_a_call_that_is_heard,
            calls::three_missed_calls_are_followed_by_a_text,
            calls::a_person_who_hangs_up_without_a_key_is_texted_and_not_called_again,
            calls::a_pickup_without_a_verdict_and_without_a_key_is_followed_by_the_next_calls,
            calls::a_key_just_before_hanging_up_counts_as_heard,
            conversation::a_missing_time_or_task_is_asked_for,
            conversation::a_correction_moves_the_reminder_just_made,
            conversation::a_snooze_after_a_call_rings_again,
            conversation::done_between_two_calls_prevents_the_second,
            conversation::a_snooze_between_two_calls_replaces_the_second,
            conversation::a_series_rings_twice_and_continues,
            conversation::a_new_zone_applies_to_later_texts,
            dead_letters::listed_dead_letters_stay_in_their_queues_and_take_effect_when_they_are_redriven,
            dead_letters::a_reminder_whose_wake_up_is_a_dead_letter_is_recovered_by_the_sweeper,
            deleting::a_reminder_deleted_before_its_due_never_rings,
            deleting::deleting_a_ringing_reminder_cancels_the_call,
            deleting::a_deleted_reminder_says_only_goodbye_if_its_call_cannot_be_cancelled,
            deleting::opting_out_cancels_all_reminders_and_opting_in_restores_nothing,
            faults::a_call_that_the_carrier_accepts_without_a_response_is_made_once,
            faults::a_call_request_closed_without_a_response_is_sent_once_and_followed_by_a_text,
            faults::a_refused_number_is_texted_and_not_dialed_again,
            faults::after_a_call_to_a_refused_number_its_series_goes_on,
            faults::an_answer_by_text_that_the_carrier_refuses_for_now_is_sent_again,
            faults::repeated_and_reordered_callbacks_change_nothing,
            texts::twenty_copies_sent_at_the_same_time_make_one_reminder,
            texts::repeated_texts_over_sns_make_one_reminder_and_get_one_answer,
            texts::an_unsigned_webhook_is_refused_and_stores_nothing,
            texts::a_signed_webhook_without_a_valid_text_is_refused,
            texts::an_unclear_text_is_answered_with_an_example,
            texts::a_number_that_is_not_served_gets_a_polite_refusal,
            texts::reminders_are_listed_and_deleted_by_number,
            texts::a_new_number_over_its_limit_is_refused_and_only_unclear_texts_get_no_answer,
            wakeups::a_schedule_fires_early_and_the_phone_rings_at_the_due_second,
            wakeups::a_lost_wake_up_is_recovered_and_rings_once,
        ]
    )
}

/// Tests that cause an outage of the whole stack, or compare all rows of its table. They run one at a time.
fn alone(shared: &Shared) -> Vec<Trial> {
    trials!(
        shared,
        [
            alone::an_unreachable_carrier_uses_up_no_attempt,
            alone::a_text_that_cannot_be_stored_is_parked_and_answered_later,
            outcomes::functions_wait_for_the_first_credentials_without_failing,
            outcomes::a_changed_token_is_used_without_a_restart,
            faults::refused_credentials_use_up_no_attempt,
            hostile::hostile_requests_fail_leak_and_change_nothing,
            operating::a_stopped_call_is_placed_after_a_start_and_the_tool_tells_why_it_waits,
            operating::an_erasure_leaves_only_the_opt_out,
            misconfigurations::each_is_found_and_no_problem_is_left_after_it,
        ]
    )
}

/// Tests with two carriers, and other tests that run one at a time. The second carrier does not affect those other
/// tests, because only the first carrier is used while it works.
fn with_two_carriers(shared: &Shared) -> Vec<Trial> {
    trials!(
        shared,
        [
            faults::a_dialer_killed_before_the_carrier_answers_makes_one_call,
            wakeups::a_poison_message_becomes_a_dead_letter_and_affects_no_other_message,
            carriers::the_second_carrier_calls_until_the_first_works_again,
            carriers::with_both_carriers_unreachable_a_text_follows_when_they_are_back,
            carriers::an_opt_out_at_the_carrier_is_an_opt_out_at_the_service,
            conformance::the_table_keeps_every_rule_of_the_store,
            conformance::the_table_keeps_every_rule_of_slots_and_breakers,
            conformance::the_dial_queue_and_schedules_keep_every_rule_of_wake_ups,
            conformance::the_inbound_queue_keeps_every_rule_of_parking,
            conformance::the_queues_keep_every_rule_of_messages_that_a_release_cannot_handle,
        ]
    )
}

/// Makes a list of trials from test functions that start a stack of their own.
macro_rules! own_stack_trials {
    ($runtime:expr, [$($module:ident :: $name:ident),* $(,)?]) => {
        vec![$({
            let runtime: Option<Arc<Runtime>> = $runtime.map(Arc::clone);
            Trial::test(concat!(stringify!($module), "::", stringify!($name)), move || {
                let Some(runtime) = runtime else { return Err(Failed::from("there is no runtime")) };
                runtime.block_on($module::$name()).map_err(|error| Failed::from(format!("{error:#}")))
            })
        }),*]
    };
}

/// Tests that need a stack of their own: one counts every request, one deletes the table, and one kills functions. They
/// run beside the others, because each of them waits for minutes.
fn on_own_stacks(runtime: Option<&Arc<Runtime>>) -> Vec<Trial> {
    own_stack_trials!(
        runtime,
        [
            costs::no_reminder_costs_more_requests_than_the_table_states,
            restore::a_stack_that_is_pointed_at_a_restored_table_still_rings,
            talk::steps_of_the_talk_end_as_promised,
        ]
    )
}

/// The test that needs the whole machine: it judges how late the calls are.
fn at_the_end(runtime: Option<&Arc<Runtime>>) -> Vec<Trial> {
    own_stack_trials!(runtime, [chaos::nothing_is_lost_or_doubled_under_faults])
}

fn main() -> ExitCode {
    match run() {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<ExitCode> {
    let mut arguments = Arguments::from_args();
    let shared = [together, alone, with_two_carriers].into_iter().flat_map(|trials| trials(&None));
    let all: Vec<Trial> = shared.chain(on_own_stacks(None)).chain(at_the_end(None)).collect();
    for name in LONG_TESTS {
        ensure!(all.iter().any(|trial| trial.name() == name), "expected a test {name}, found none");
    }
    if arguments.list {
        return Ok(libtest_mimic::run(&arguments, ignore_long_tests(&arguments, all)).exit_code());
    }
    eprintln!("{NOTICE}");
    let runtime = Arc::new(Builder::new_multi_thread().enable_all().build()?);
    let one_by_one = Arguments { test_threads: Some(1), ..arguments.clone() };
    arguments.test_threads.get_or_insert(AT_ONCE);
    // The stacks run at the same time, because most of a test's time is waiting.
    let results = thread::scope(|scope| {
        let stages = [
            scope.spawn(|| on_a_stage(&runtime, &one_by_one, "alone", alone, Accounts::One)),
            scope.spawn(|| on_a_stage(&runtime, &one_by_one, "with_two_carriers", with_two_carriers, Accounts::Two)),
            scope.spawn(|| on_a_stage(&runtime, &arguments, "together", together, Accounts::One)),
        ];
        let own = ignore_long_tests(&arguments, on_own_stacks(Some(&runtime)));
        let own = scope.spawn(|| libtest_mimic::run(&arguments, own));
        let stages = stages.map(|stage| stage.join().map_err(|_| anyhow!("the tests of a stage panicked")));
        (stages, own.join().map_err(|_| anyhow!("the tests on stacks of their own panicked")))
    });
    let (stages, own) = results;
    let mut conclusions = vec![own?];
    let mut permissions = Permissions::default();
    for stage in stages {
        let (of_stage, found) = stage??;
        conclusions.extend(of_stage);
        permissions.add(found);
    }
    // Only a run without a filter uses every permission.
    if arguments.filter.is_none() && arguments.skip.is_empty() && records_permissions() {
        conclusions.push(libtest_mimic::run(&one_by_one, vec![permissions::trial(permissions)]));
    }
    conclusions.push(libtest_mimic::run(&one_by_one, ignore_long_tests(&arguments, at_the_end(Some(&runtime)))));
    let failed = conclusions.iter().any(Conclusion::has_failed);
    Ok(if failed { ExitCode::from(101) } else { ExitCode::SUCCESS })
}

/// Starts a stage, runs the trials that match the command line's filter, and stops the stage. Returns their conclusions,
/// and the permissions that the stage's functions have and use. If no trial matches, no stage is started.
fn on_a_stage(
    runtime: &Arc<Runtime>,
    arguments: &Arguments,
    name: &str,
    trials: fn(&Shared) -> Vec<Trial>,
    accounts: Accounts,
) -> Result<(Vec<Conclusion>, Permissions)> {
    let is_selected = |trial: &Trial| !arguments.is_filtered_out(trial) && !arguments.is_ignored(trial);
    if !ignore_long_tests(arguments, trials(&None)).iter().any(is_selected) {
        return Ok((vec![], Permissions::default()));
    }
    let stage = Arc::new(runtime.block_on(Stage::start(accounts))?);
    let trials = ignore_long_tests(arguments, trials(&Some((Arc::clone(runtime), Arc::clone(&stage)))));
    let mut conclusions = vec![libtest_mimic::run(arguments, trials)];
    if stage.has_finished_people() {
        let all = Arguments { filter: None, skip: vec![], ..arguments.clone() };
        conclusions.push(libtest_mimic::run(&all, vec![final_check(name, runtime, &stage)]));
    }
    let permissions =
        if records_permissions() { runtime.block_on(stage.permissions())? } else { Permissions::default() };
    drop(stage);
    Ok((conclusions, permissions))
}

/// Whether the stacks run on an emulator that records which permissions are used.
fn records_permissions() -> bool {
    matches!(Aws::of_environment(0), Aws::Emulated { .. })
}

/// The check that runs when all tests of a stage are over.
fn final_check(name: &str, runtime: &Arc<Runtime>, stage: &Arc<Stage>) -> Trial {
    let (runtime, stage) = (Arc::clone(runtime), Arc::clone(stage));
    Trial::test(format!("{name}::finished_people_get_no_more_calls_or_texts"), move || {
        runtime.block_on(stage.check_finished_people()).map_err(|error| Failed::from(format!("{error:#}")))
    })
}
