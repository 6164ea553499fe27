//! The memory of the functions' processes during the run.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use anyhow::Result;
use local::stack::Stack;
use serde::Serialize;

use super::findings::Findings;

const PAUSE: Duration = Duration::from_millis(500);
/// The memory size of each function in the template, in bytes.
const LIMIT: u64 = 256 * 1024 * 1024;
/// How much the median of the peaks of a function's processes may grow in the second half of a long run, in bytes. A
/// process of the callback or of inbound handles hundreds of requests in that time, so a leak of some KB in each is
/// seen.
const GROWTH_MAX: u64 = 4 * 1024 * 1024;

/// The peak memory of each process over time.
#[derive(Debug, Default)]
pub(crate) struct MemoryWatch(BTreeMap<u32, Process>);

#[derive(Debug)]
struct Process {
    function: String,
    /// Whether the process can't have more data than [`LIMIT`].
    is_limited: bool,
    /// The peak of resident memory so far, in bytes, with the instant at which it was read.
    peaks: Vec<(Instant, u64)>,
}

/// The memory of the processes of one function.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct MemoryFigures {
    pub(crate) function: String,
    pub(crate) processes: usize,
    /// The highest peak of resident memory, in bytes.
    #[serde(rename = "peak_bytes")]
    pub(crate) peak: u64,
    /// How much the peaks of the processes grew in the second half of the run, in bytes. This is their median, because
    /// the largest body may come to a few of them only then.
    #[serde(rename = "growth_bytes")]
    pub(crate) growth: u64,
}

impl MemoryWatch {
    /// Reads the memory of all processes twice a second. Never ends.
    pub(crate) async fn watch(&mut self, stack: &Stack) -> Result<std::convert::Infallible> {
        loop {
            self.look(stack)?;
            tokio::time::sleep(PAUSE).await;
        }
    }

    pub(crate) fn look(&mut self, stack: &Stack) -> Result<()> {
        for process in stack.function_processes()? {
            let read = |file: &str| std::fs::read_to_string(format!("/proc/{}/{file}", process.id()));
            // The process may have just ended.
            let (Ok(status), Ok(limits)) = (read("status"), read("limits")) else { continue };
            let Some(peak) = peak(&status) else { continue };
            let known = self.0.entry(process.id()).or_insert_with(|| Process {
                function: process.function,
                is_limited: false,
                peaks: vec![],
            });
            known.is_limited = data_limit(&limits) == Some(LIMIT);
            known.peaks.push((Instant::now(), peak));
        }
        Ok(())
    }

    /// Returns the figures of each function. Memory that is used after `calm_until` is not counted as growth. Adds a
    /// finding for each process without a limit or over it.
    pub(crate) fn figures(&self, calm_until: Instant, findings: &mut Findings) -> Vec<MemoryFigures> {
        let mut functions: BTreeMap<&str, Vec<&Process>> = BTreeMap::new();
        for process in self.0.values() {
            let function = process.function.as_str();
            functions.entry(function).or_default().push(process);
            if !process.is_limited {
                findings.add("a process without a memory limit", function);
            }
            if process.peak() > LIMIT {
                findings.add("a process over its memory size", format!("{function}: {} bytes", process.peak()));
            }
        }
        let figures = |(function, processes): (&str, Vec<&Process>)| MemoryFigures {
            function: function.to_owned(),
            processes: processes.len(),
            peak: processes.iter().map(|process| process.peak()).max().unwrap_or_default(),
            growth: median(
                processes
                    .iter()
                    .filter(|process| process.began_before(calm_until))
                    .map(|process| process.growth(calm_until))
                    .collect(),
            ),
        };
        functions.into_iter().map(figures).collect()
    }
}

/// Adds a finding for each function whose processes used more and more memory.
pub(crate) fn check_flat(functions: &[MemoryFigures], findings: &mut Findings) {
    for MemoryFigures { function, growth, .. } in functions.iter().filter(|figures| figures.growth > GROWTH_MAX) {
        findings.add("memory grows", format!("{function}: {growth} bytes in the second half"));
    }
}

fn median(mut values: Vec<u64>) -> u64 {
    values.sort_unstable();
    values.get(values.len() / 2).copied().unwrap_or_default()
}

impl Process {
    fn peak(&self) -> u64 {
        self.peaks.last().map_or(0, |(_, peak)| *peak)
    }

    /// Returns how much the peak grew in the second half of the time until `calm_until`.
    fn began_before(&self, instant: Instant) -> bool {
        self.peaks.first().is_some_and(|(at, _)| *at < instant)
    }

    fn growth(&self, calm_until: Instant) -> u64 {
        let Some((first, _)) = self.peaks.first() else { return 0 };
        let middle = *first + calm_until.saturating_duration_since(*first) / 2;
        let peak_at =
            |end: Instant| self.peaks.iter().take_while(|(at, _)| *at <= end).last().map_or(0, |(_, peak)| *peak);
        peak_at(calm_until).saturating_sub(peak_at(middle))
    }
}

/// Reads the peak of resident memory from `/proc/…/status`, in bytes.
fn peak(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse::<u64>().ok().map(|kilobytes| kilobytes * 1024)
}

/// Reads the soft limit of data from `/proc/…/limits`, in bytes.
fn data_limit(limits: &str) -> Option<u64> {
    let line = limits.lines().find_map(|line| line.strip_prefix("Max data size"))?;
    line.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_peak_and_the_limit_are_read() {
        assert_eq!(peak("VmPeak:\t  9 kB\nVmHWM:\t   10240 kB\n"), Some(10 * 1024 * 1024));
        assert_eq!(
            data_limit(
                "Max cpu time  unlimited\nMax data size             268435456            268435456            bytes\n"
            ),
            Some(LIMIT)
        );
        assert_eq!(data_limit("Max data size             unlimited            unlimited            bytes\n"), None);
    }

    #[test]
    fn growth_is_that_of_the_second_half() {
        let start = Instant::now();
        let peaks = [(0, 5), (4, 50), (6, 52), (10, 60), (11, 200)];
        let process = Process {
            function: "f".to_owned(),
            is_limited: true,
            peaks: peaks.map(|(second, peak)| (start + Duration::from_secs(second), peak)).to_vec(),
        };
        assert_eq!((process.peak(), process.growth(start + Duration::from_secs(10))), (200, 10));
        assert_eq!(process.growth(start), 0);
        assert_eq!(median(vec![9, 1, 5]), 5);
    }
}
