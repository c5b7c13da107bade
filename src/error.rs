//! Exit codes, and failures that carry one.

use std::fmt::Display;
use std::process::ExitCode;

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Done.
    Done,
    /// The run failed.
    Failed,
    /// The command line is wrong.
    Usage,
    /// More rows were refused, more was found or fewer rows came than the settings allow, or a source broke its
    /// contract.
    Contract,
    /// Published, with more warnings than the settings allow.
    Warnings,
    /// An input cannot be read.
    Unreadable,
    /// A source cannot be reached.
    Unreachable,
    /// Another run is under way, a platform asks to wait, or a file is being written.
    TryAgain,
    /// The settings are wrong.
    Settings,
    /// Interrupted from the keyboard.
    Interrupted,
    /// Asked to end by the system.
    Terminated,
}

impl Exit {
    /// The code that the program ends with.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::Usage => 2,
            Self::Contract => 3,
            Self::Warnings => 4,
            Self::Unreadable => 65,
            Self::Unreachable => 69,
            Self::TryAgain => 75,
            Self::Settings => 78,
            Self::Interrupted => 130,
            Self::Terminated => 143,
        }
    }

    /// A word for the ledger; nothing when the run did its work.
    #[must_use]
    pub const fn kind(self) -> Option<&'static str> {
        match self {
            Self::Done | Self::Warnings => None,
            Self::Failed => Some("failed"),
            Self::Usage => Some("usage"),
            Self::Contract => Some("contract"),
            Self::Unreadable => Some("unreadable"),
            Self::Unreachable => Some("unreachable"),
            Self::TryAgain => Some("try_again"),
            Self::Settings => Some("settings"),
            Self::Interrupted => Some("interrupted"),
            Self::Terminated => Some("terminated"),
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

/// A failure with its exit code and a message that holds nothing confidential.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// How the program ends.
    pub exit: Exit,
    /// Thing, place, cause, and `help:` with the repair.
    pub message: String,
}

impl Failure {
    /// A failure with the message of an error.
    pub fn new(exit: Exit, error: &(impl Display + ?Sized)) -> Self {
        Self::message(exit, error.to_string())
    }

    /// A failure with a message of its own.
    #[must_use]
    pub const fn message(exit: Exit, message: String) -> Self {
        Self { exit, message }
    }
}
