//! The demo's mail server takes every mail at once; the mailbox page shows what was sent from the
//! rows the service itself keeps.

use async_trait::async_trait;
use muster_ports::{Mail, MailPort, MailReceipt, PortResult};

/// Takes everything.
pub struct DemoMail;

#[async_trait]
impl MailPort for DemoMail {
    async fn send(&self, mail: &Mail) -> PortResult<MailReceipt> {
        Ok(MailReceipt {
            response: format!("250 kept in the demo's mailbox as {}", mail.message_id),
        })
    }

    async fn check(&self) -> PortResult<()> {
        Ok(())
    }
}
