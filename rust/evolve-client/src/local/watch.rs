//! Ends a run that takes too long, or that nobody waits for any more: a model may have loops without end.

use crate::backend::Answers;
use ort::session::RunOptions;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// How often it is looked: a run costs nothing more by it.
const INTERVAL: Duration = Duration::from_millis(100);

/// A thread that looks at the runs of a session.
pub struct Watch {
    run: Arc<Mutex<Run>>,
    /// Dropping it ends the thread.
    end: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

struct Run {
    options: Arc<RunOptions>,
    began: Option<Instant>,
    is_ended: bool,
}

impl Watch {
    pub fn new(answers: Answers, timeout: Duration) -> Result<Self, String> {
        let options = Arc::new(RunOptions::new().map_err(|error| error.message().to_owned())?);
        let run = Arc::new(Mutex::new(Run { options, began: None, is_ended: false }));
        let (end, ended) = channel::<()>();
        let watched = Arc::clone(&run);
        let look = move || {
            while ended.recv_timeout(INTERVAL) == Err(RecvTimeoutError::Timeout) {
                lock(&watched).end_when(|began| began.elapsed() > timeout || answers.is_over());
            }
        };
        let thread = thread::Builder::new().name("evolve-client watches".into()).spawn(look);
        let thread = Some(thread.map_err(|error| error.to_string())?);
        Ok(Self { run, end: Some(end), thread })
    }

    /// Run something that can be ended by these options; None when it was.
    pub fn run<T>(&self, work: impl FnOnce(&RunOptions) -> T) -> Option<T> {
        let options = {
            let mut run = lock(&self.run);
            run.began = Some(Instant::now());
            Arc::clone(&run.options)
        };
        let done = work(&options);
        let mut run = lock(&self.run);
        run.began = None;
        if !run.is_ended {
            return Some(done);
        }
        run.is_ended = false;
        // It fails for no reason that could be helped.
        drop(options.unterminate());
        None
    }
}

impl Run {
    fn end_when(&mut self, is_too_much: impl FnOnce(Instant) -> bool) {
        if !self.is_ended && self.began.is_some_and(is_too_much) {
            self.is_ended = self.options.terminate().is_ok();
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        drop(self.end.take());
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}

fn lock(run: &Mutex<Run>) -> MutexGuard<'_, Run> {
    run.lock().unwrap_or_else(PoisonError::into_inner)
}
