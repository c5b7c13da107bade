//! Printing to a reader that may have gone away, or to a device that is full.

use std::fmt::Arguments;
use std::io::{self, ErrorKind, IsTerminal as _, Write};
use std::sync::Mutex;

use super::harmless::Harmless;
use crate::error::Exit;

/// Why standard output was not written to its end.
static LOST: Mutex<Option<io::Error>> = Mutex::new(None);

/// As in the standard library, but a closed pipe or a full device is no fault of the program.
macro_rules! println {
    ($($text:tt)*) => { $crate::commands::printing::out(format_args!($($text)*), "\n") };
}

/// As in the standard library, but a closed pipe or a full device is no fault of the program.
macro_rules! print {
    ($($text:tt)*) => { $crate::commands::printing::out(format_args!($($text)*), "") };
}

/// As in the standard library, but where nobody can read it, a message is dropped.
macro_rules! eprintln {
    ($($text:tt)*) => { $crate::commands::printing::err(format_args!($($text)*), "\n") };
}

/// As in the standard library, but where nobody can read it, a message is dropped.
macro_rules! eprint {
    ($($text:tt)*) => { $crate::commands::printing::err(format_args!($($text)*), "") };
}

/// Standard output, harmless where it is a terminal: what a program reads stays as it is.
pub(super) fn stdout() -> Box<dyn Write + Send> {
    let out = io::stdout();
    if out.is_terminal() { Box::new(Harmless::new(out)) } else { Box::new(out) }
}

pub(super) fn out(text: Arguments<'_>, end: &str) {
    let mut out = stdout();
    let written = out.write_all(format!("{text}{end}").as_bytes()).and_then(|()| out.flush());
    if let (Err(error), Ok(mut lost)) = (written, LOST.lock()) {
        lost.get_or_insert(error);
    }
}

pub(super) fn err(text: Arguments<'_>, end: &str) {
    let mut err = Harmless::new(io::stderr().lock());
    // There is no third place to say it.
    let _dropped = err.write_fmt(text).and_then(|()| err.write_all(end.as_bytes()));
}

/// Tells of output that was lost. A reader that closed the pipe, as `head` does, wanted no more;
/// everything else is a failure when the output is all that the command was for.
#[must_use]
pub fn told(exit: Exit, output_is_all: bool) -> Exit {
    let lost = LOST.lock().ok().and_then(|mut lost| lost.take());
    match lost {
        Some(error) if error.kind() != ErrorKind::BrokenPipe => {
            let rest = if output_is_all { "" } else { "; what the command did stays done" };
            eprintln!(
                "the output could not be written: {error}{rest}\nhelp: write it to another place; `maillage status` tells how things stand"
            );
            if output_is_all && exit == Exit::Done { Exit::Failed } else { exit }
        }
        _ => exit,
    }
}
