//! The `muster` binary: parse the command, run it, say how it ended.

use std::process::ExitCode;

fn main() -> ExitCode {
    muster::commands::main()
}
