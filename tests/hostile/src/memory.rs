//! The memory of the functions' processes during the run.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use anyhow::Result;
use local::stack::Stack;

use super::findings::Findings;

const PAUSE: Duration = Duration::from_millis(500);
/// The memory size of each function in the template, in bytes.
const LIMIT: u64 = 256 * 1024 * 1024;
/// How much the peak of a process may grow in the second half of a long run, in bytes: the largest body takes several
/// MB, and the allocator may keep them in another place.
const GROWTH_MAX: u64 = 8 * 1024 * 1024;

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
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MemoryFigures {
    pub(crate) function: String,
    pub(crate) processes: usize,
    /// The highest peak of resident memory, in bytes.
    pub(crate) peak: u64,
    /// The most that the peak of a process grew in the second half of its life, in bytes.
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

    /// Returns the figures of each function. Adds a finding for each process without a limit or over it.
    pub(crate) fn figures(&self, findings: &mut Findings) -> Vec<MemoryFigures> {
        let mut functions: BTreeMap<&str, MemoryFigures> = BTreeMap::new();
        for process in self.0.values() {
            let function = process.function.as_str();
            let figures = functions.entry(function).or_insert_with(|| MemoryFigures {
                function: function.to_owned(),
                processes: 0,
                peak: 0,
                growth: 0,
            });
            figures.processes += 1;
            figures.peak = figures.peak.max(process.peak());
            figures.growth = figures.growth.max(process.growth());
            if !process.is_limited {
                findings.add("a process without a memory limit", function);
            }
            if process.peak() > LIMIT {
                findings.add("a process over its memory size", format!("{function}: {} bytes", process.peak()));
            }
        }
        functions.into_values().collect()
    }

    /// Adds a finding for each process whose peak grew in the second half of its life.
    pub(crate) fn check_flat(&self, findings: &mut Findings) {
        for process in self.0.values().filter(|process| process.growth() > GROWTH_MAX) {
            findings
                .add("memory grows", format!("{}: {} bytes in the second half", process.function, process.growth()));
        }
    }
}

impl Process {
    fn peak(&self) -> u64 {
        self.peaks.last().map_or(0, |(_, peak)| *peak)
    }

    fn growth(&self) -> u64 {
        let (Some((first, _)), Some((last, peak))) = (self.peaks.first(), self.peaks.last()) else { return 0 };
        let middle = *first + last.duration_since(*first) / 2;
        let before = self.peaks.iter().take_while(|(at, _)| *at <= middle).last().map_or(0, |(_, peak)| *peak);
        peak.saturating_sub(before)
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
        let peaks = [(0, 5), (4, 50), (6, 52), (10, 60)];
        let process = Process {
            function: "f".to_owned(),
            is_limited: true,
            peaks: peaks.map(|(second, peak)| (start + Duration::from_secs(second), peak)).to_vec(),
        };
        assert_eq!((process.peak(), process.growth()), (60, 10));
    }
}
