//! The whole service, end to end: the real template and release binaries on an emulated AWS, with a simulated carrier.
//!
//! Most tests share one stack and keep apart by using other numbers; those that take something away from a whole stack,
//! or want each of its answers within the adapters' own time-outs, run one by one on another. With `AWS_ENDPOINT_URL` set
//! they use what is there, but for the test that stops its AWS and kills what runs on it.
//!
//! No test waits for a time to be over. It waits for a state, or lets time pass for one record by moving its times; that
//! nothing more happens is judged for everybody together, when all tests of a stack are over.

mod alone;
mod calls;
mod carriers;
mod chaos;
mod conformance;
mod conversation;
mod dead_letters;
mod deleting;
mod faults;
mod texts;
mod wakeups;

use std::process::ExitCode;
use std::sync::Arc;
use std::thread;

use anyhow::{Result, anyhow};
use libtest_mimic::{Arguments, Conclusion, Failed, Trial};
use local::deploy::Accounts;
use tests::Stage;
use tokio::runtime::{Builder, Runtime};

/// Tests that run at once: each mostly waits, and together they are a load that a person would not make.
const AT_ONCE: usize = 12;

/// What a person is told who waits for `cargo test` and does not know for what.
const NOTICE: &str = "
End-to-end tests: they bring up emulated AWS stacks on this machine, with release builds of the functions, and take
about eight minutes on two cores; the first time some minutes more, for the tools and the builds.
All other tests, without any stack: cargo test --workspace --exclude tests
";

/// Where a trial runs. Nothing when the trials are only listed.
type Shared = Option<(Arc<Runtime>, Arc<Stage>)>;

/// A list of tests, each a trial by the name of its module and function.
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

/// What shares a stack must not let a carrier fail five times in a minute: its breaker would keep it from everybody.
fn together(shared: &Shared) -> Vec<Trial> {
    trials!(
        shared,
        [
            calls::a_text_becomes_a_call_that_is_heard,
            calls::a_text_by_sns_becomes_a_call_and_is_answered_by_a_text,
            calls::nobody_answers_twice_and_then_it_is_heard,
            calls::nobody_ever_answers_and_the_person_is_texted,
            calls::picked_up_without_a_key_is_texted,
            calls::hung_up_a_moment_after_the_key_is_heard_and_not_texted,
            conversation::a_task_alone_is_asked_when_and_a_time_alone_of_what,
            conversation::a_correction_moves_the_one_just_made,
            conversation::later_after_a_call_rings_again,
            conversation::done_between_two_calls_ends_the_calling,
            conversation::later_between_two_calls_rings_then_and_not_before,
            conversation::a_series_rings_twice_and_goes_on,
            conversation::another_zone_moves_what_is_said_from_then_on,
            dead_letters::what_is_there_is_shown_without_being_taken_and_acts_once_it_is_sent_back,
            dead_letters::what_only_the_dead_letters_remember_is_found_by_the_sweeper,
            deleting::deleted_before_it_is_due_never_rings,
            deleting::deleted_while_it_rings_is_cancelled_at_the_carrier,
            deleting::deleted_while_it_rings_says_goodbye_if_the_carrier_refuses_to_cancel,
            deleting::opting_out_ends_everything_and_coming_back_revives_nothing,
            faults::an_answer_lost_after_accepting_is_one_call,
            faults::a_request_read_and_closed_is_one_request_and_a_text,
            faults::a_refused_number_is_texted_and_not_dialed_again,
            faults::doubled_and_reordered_callbacks_change_nothing,
            texts::twenty_copies_at_once_are_one_reminder,
            texts::a_repeat_by_sns_is_one_reminder_and_one_answer,
            texts::an_unsigned_webhook_is_refused_and_stores_nothing,
            texts::a_signed_webhook_that_is_no_text_is_refused,
            texts::what_is_not_understood_gets_an_answer_that_says_what_is,
            texts::a_number_that_is_not_served_gets_a_polite_no,
            texts::list_and_delete_by_number,
            texts::a_new_number_that_asks_too_much_is_told_once_then_silence,
            wakeups::a_far_schedule_fires_early_and_hops_to_the_second,
            wakeups::a_lost_wake_up_is_swept_and_rings_once,
        ]
    )
}

fn alone(shared: &Shared) -> Vec<Trial> {
    trials!(
        shared,
        [
            alone::a_carrier_out_of_reach_spends_no_attempt_and_rings_when_it_is_back,
            alone::a_text_that_the_table_refuses_is_parked_and_answered_later,
            faults::credentials_refused_spend_no_attempt,
        ]
    )
}

/// Two carriers, and what neither of them has to do with: while both work only the first one is asked.
fn with_two_carriers(shared: &Shared) -> Vec<Trial> {
    trials!(
        shared,
        [
            faults::a_dialer_killed_while_the_carrier_holds_its_answer_is_one_call,
            wakeups::a_poison_message_goes_to_the_dead_letters_and_harms_no_other,
            carriers::the_second_one_calls_while_the_first_fails_which_is_then_tried_again,
            carriers::with_both_out_of_reach_somebody_is_texted_when_one_is_back,
            carriers::who_left_at_the_carrier_is_gone_here_too,
            conformance::the_table_holds_every_rule_of_a_store,
            conformance::the_table_holds_every_rule_of_slots_and_breakers,
            conformance::the_dial_queue_and_schedules_hold_every_rule_of_wake_ups,
            conformance::the_inbound_queue_holds_every_rule_of_parking,
        ]
    )
}

/// Tests that break a stack, each one of its own.
fn broken(runtime: Option<&Arc<Runtime>>) -> Vec<Trial> {
    let runtime = runtime.map(Arc::clone);
    vec![Trial::test("chaos::nothing_is_lost_or_doubled_whatever_breaks", move || {
        let Some(runtime) = runtime else { return Err(Failed::from("there is no runtime")) };
        let done = runtime.block_on(chaos::nothing_is_lost_or_doubled_whatever_breaks());
        done.map_err(|error| Failed::from(format!("{error:#}")))
    })]
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
    if arguments.list {
        let shared = [together, alone, with_two_carriers].into_iter().flat_map(|trials| trials(&None));
        let all = shared.chain(broken(None)).collect();
        return Ok(libtest_mimic::run(&arguments, all).exit_code());
    }
    eprintln!("{NOTICE}");
    let runtime = Arc::new(Builder::new_multi_thread().enable_all().build()?);
    let one_by_one = Arguments { test_threads: Some(1), ..arguments.clone() };
    arguments.test_threads.get_or_insert(AT_ONCE);
    // Three stacks beside each other: on each of them tests mostly wait.
    let shared = thread::scope(|scope| {
        let stages = [
            scope.spawn(|| on_a_stage(&runtime, &one_by_one, "alone", alone, Accounts::One)),
            scope.spawn(|| on_a_stage(&runtime, &one_by_one, "with_two_carriers", with_two_carriers, Accounts::Two)),
            scope.spawn(|| on_a_stage(&runtime, &arguments, "together", together, Accounts::One)),
        ];
        stages.map(|stage| stage.join().map_err(|_| anyhow!("the tests of a stage panicked")))
    });
    let mut conclusions = vec![libtest_mimic::run(&one_by_one, broken(Some(&runtime)))];
    for stage in shared {
        conclusions.extend(stage??);
    }
    let failed = conclusions.iter().any(Conclusion::has_failed);
    Ok(if failed { ExitCode::from(101) } else { ExitCode::SUCCESS })
}

/// Runs what of these trials is asked for, on a stage that is set for them and struck afterwards.
fn on_a_stage(
    runtime: &Arc<Runtime>,
    arguments: &Arguments,
    name: &str,
    trials: fn(&Shared) -> Vec<Trial>,
    accounts: Accounts,
) -> Result<Vec<Conclusion>> {
    let wanted = |trial: &Trial| match &arguments.filter {
        Some(filter) if arguments.exact => trial.name() == filter,
        Some(filter) => trial.name().contains(filter.as_str()),
        None => true,
    };
    if !trials(&None).iter().any(wanted) {
        return Ok(vec![]);
    }
    let stage = Arc::new(runtime.block_on(Stage::set(accounts))?);
    let mut conclusions = vec![libtest_mimic::run(arguments, trials(&Some((Arc::clone(runtime), Arc::clone(&stage)))))];
    if stage.expects_quiet() {
        let all = Arguments { filter: None, skip: vec![], ..arguments.clone() };
        conclusions.push(libtest_mimic::run(&all, vec![afterwards(name, runtime, &stage)]));
    }
    drop(stage);
    Ok(conclusions)
}

/// What is judged when all tests of a stage are over.
fn afterwards(name: &str, runtime: &Arc<Runtime>, stage: &Arc<Stage>) -> Trial {
    let (runtime, stage) = (Arc::clone(runtime), Arc::clone(stage));
    Trial::test(format!("{name}::nothing_more_happens_to_whom_all_is_over"), move || {
        runtime.block_on(stage.stays_quiet()).map_err(|error| Failed::from(format!("{error:#}")))
    })
}
