//! The command line; every verb is a call into the library.

fn main() -> std::process::ExitCode {
    maillage::cli::run()
}
