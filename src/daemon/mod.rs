//! The nightly daemon. The scheduler only wakes it; the ledger says what is due.
//!
//! A due time is answered once: missed ones are caught up by one run, two daemons share the
//! work, a run that died is tried again, and nothing overlaps.

mod child;
mod due;

pub use due::DueTimes;

use crate::clock;
use crate::error::Exit;
use crate::ledger::{Due, Lease, Ledger, LedgerError};
use chrono::TimeDelta;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Mutex, Notify, watch};
use tokio_cron_scheduler::{Job, JobScheduler};

/// A run that was asked to come back later is tried again after this time.
const LATER: TimeDelta = TimeDelta::minutes(5);
/// Due times have no seconds, and no zone of today is off by part of a minute.
const EVERY_MINUTE: &str = "0 * * * * *";
/// Should the scheduler fall silent, the ledger is read all the same.
const AT_MOST: Duration = Duration::from_secs(90);

/// A pipeline that the daemon watches.
#[derive(Debug, Clone)]
pub struct Watched {
    /// Name.
    pub name: String,
    /// Folder of `pipeline.toml`.
    pub folder: PathBuf,
    /// State folder.
    pub state: PathBuf,
    /// Published folder.
    pub published: PathBuf,
    /// Our own executable.
    pub executable: PathBuf,
    /// When it is due.
    pub due: DueTimes,
}

/// The daemon could not do its work.
#[derive(Debug, thiserror::Error)]
pub enum DaemonError {
    /// The ledger of a pipeline cannot be used.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// A run could not be started.
    #[error("a run could not be started: {0}\nhelp: check that the program is still where it was")]
    Start(#[from] std::io::Error),
    /// The waker could not be started.
    #[error("the scheduler could not be started: {0}")]
    Waker(#[from] tokio_cron_scheduler::JobSchedulerError),
}

/// What the tasks of the daemon share.
struct Shared {
    /// One run at a time: each may use all the memory that its settings allow.
    turn: Mutex<()>,
    stopping: watch::Receiver<Option<Exit>>,
    grace: Duration,
}

/// Answers what is due now, and returns the worst exit of the runs.
///
/// # Errors
/// When a ledger cannot be used or a run cannot be started.
pub async fn once(
    pipelines: &[Watched],
    stop: impl Future<Output = Exit> + Send + 'static,
    grace: Duration,
) -> Result<Exit, DaemonError> {
    let shared = share(stop, grace);
    let mut worst = Exit::Done;
    for watched in pipelines {
        if let Some(asked) = *shared.stopping.borrow() {
            return Ok(asked);
        }
        if answer(watched, &shared).await?.is_some_and(|code| code != 0) {
            worst = Exit::Failed;
        }
    }
    let asked = *shared.stopping.borrow();
    Ok(asked.unwrap_or(worst))
}

/// Watches until a signal comes; a run that goes on then may end first.
///
/// # Errors
/// When the scheduler cannot be started. A ledger that fails is told in the log and read
/// again at the next due time, so that one pipeline never stops another.
pub async fn watch(
    pipelines: Vec<Watched>,
    stop: impl Future<Output = Exit> + Send + 'static,
    grace: Duration,
) -> Result<Exit, DaemonError> {
    let shared = Arc::new(share(stop, grace));
    let wakes: Vec<Arc<Notify>> = pipelines.iter().map(|_| Arc::new(Notify::new())).collect();
    let mut alarm = waker(EVERY_MINUTE, wakes.clone()).await?;
    let mut tasks = tokio::task::JoinSet::new();
    for (watched, wake) in pipelines.into_iter().zip(wakes) {
        tasks.spawn(follow(watched, wake, Arc::clone(&shared)));
    }
    while tasks.join_next().await.is_some() {}
    alarm.shutdown().await?;
    let asked = *shared.stopping.borrow();
    Ok(asked.unwrap_or(Exit::Terminated))
}

fn share(stop: impl Future<Output = Exit> + Send + 'static, grace: Duration) -> Shared {
    let (sender, stopping) = watch::channel(None);
    tokio::spawn(async move {
        let exit = stop.await;
        sender.send_replace(Some(exit));
        // The channel stays open for those who still look.
        sender.closed().await;
    });
    Shared { turn: Mutex::new(()), stopping, grace }
}

/// Wakes everybody. The scheduler knows nothing of zones, overlap or missed times.
async fn waker(cron: &str, wakes: Vec<Arc<Notify>>) -> Result<JobScheduler, DaemonError> {
    let scheduler = JobScheduler::new().await?;
    let job = Job::new(cron, move |_, _| wakes.iter().for_each(|wake| wake.notify_one()))?;
    scheduler.add(job).await?;
    scheduler.start().await?;
    Ok(scheduler)
}

async fn follow(watched: Watched, wake: Arc<Notify>, shared: Arc<Shared>) {
    let mut stopping = shared.stopping.clone();
    loop {
        if let Err(error) = answer(&watched, &shared).await {
            tracing::error!(pipeline = %watched.name, %error, "due times cannot be answered");
        }
        tokio::select! {
            biased;
            _ = stopping.wait_for(Option::is_some) => return,
            () = wake.notified() => {}
            () = tokio::time::sleep(AT_MOST) => {}
        }
    }
}

/// Answers the last due time that nobody answered; gives the exit code of the run.
async fn answer(watched: &Watched, shared: &Shared) -> Result<Option<u8>, DaemonError> {
    let _turn = shared.turn.lock().await;
    if shared.stopping.borrow().is_some() {
        return Ok(None);
    }
    let ledger = Ledger::open(&watched.state)?;
    let now = clock::now();
    let since = ledger.watch(&watched.name, now)?;
    let after = ledger.last_answered(&watched.name)?.map_or(since, |last| last.max(since));
    let Some((at, skipped)) = watched.due.missed(after, now) else { return Ok(None) };
    let lease = Lease {
        due: Due { pipeline: watched.name.clone(), at },
        holder: format!("{}-{}", std::process::id(), now.timestamp_millis()),
        until: now + child::LEASE,
    };
    if !ledger.take(&lease, now)? {
        return Ok(None);
    }
    tracing::info!(pipeline = %watched.name, due = %at, skipped, "due");
    let ended = child::run(watched, &lease, &ledger, shared.stopping.clone(), shared.grace).await?;
    let now = clock::now();
    let kept = if ended.asked {
        ledger.beat(&lease, now)?
    } else if ended.code == Exit::TryAgain.code() {
        ledger.beat(&lease, now + LATER)?
    } else {
        ledger.answered(&lease, now, Some(ended.code))?
    };
    tracing::info!(pipeline = %watched.name, due = %at, code = ended.code, kept, "ended");
    Ok(Some(ended.code))
}

#[cfg(test)]
mod tests {
    use super::waker;
    use std::sync::Arc;
    use std::time::Duration;
    use tokio::sync::Notify;

    #[tokio::test(flavor = "multi_thread")]
    async fn the_scheduler_wakes_everybody_more_than_once() {
        let wakes = [Arc::new(Notify::new()), Arc::new(Notify::new())];
        let mut scheduler = waker("* * * * * *", wakes.to_vec()).await.unwrap();
        for _ in 0..2 {
            for wake in &wakes {
                tokio::time::timeout(Duration::from_secs(10), wake.notified()).await.unwrap();
            }
        }
        scheduler.shutdown().await.unwrap();
    }
}
