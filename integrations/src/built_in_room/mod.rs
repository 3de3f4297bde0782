//! The room on this server: a check-in's own page, where signalling and video live. Opening makes
//! nothing, so it cannot fail and repeating it gives the same room.

use crate::fault::{Fault, Faults, is_private_transport};
use async_trait::async_trait;
use muster_ports::{PortError, PortResult, Room, RoomPort, RoomRequest};
use url::Url;

/// As policies write it.
pub const NAME: &str = "built-in";

/// The built-in room provider.
#[derive(Debug, Clone)]
pub struct BuiltInRoom {
    public_url: Url,
}

impl BuiltInRoom {
    /// Rooms below the address people reach this service by.
    pub fn new(public_url: Url) -> BuiltInRoom {
        BuiltInRoom { public_url }
    }

    /// Every fault of that address, by its dotted key (`section` and `public_url`).
    pub fn validate(&self, section: &str) -> Vec<Fault> {
        let mut faults = Faults::of(section);
        // Browsers give camera and position to secure contexts only.
        let private = is_private_transport(&self.public_url);
        faults.expect(private, "public_url", "an https address (http only on this machine)");
        faults.found()
    }
}

#[async_trait]
impl RoomPort for BuiltInRoom {
    fn name(&self) -> &'static str {
        NAME
    }

    async fn open(&self, request: &RoomRequest) -> PortResult<Room> {
        let reference = request.check_in.to_string();
        let mut url = self.public_url.clone();
        url.path_segments_mut()
            .map_err(|()| PortError::Broken("`public_url` cannot hold a path".into()))?
            .pop_if_empty()
            .extend(["check-ins", &reference]);
        Ok(Room { provider: NAME.into(), reference, url: url.into() })
    }

    async fn close(&self, _reference: &str) -> PortResult<()> {
        Ok(())
    }

    async fn check(&self) -> PortResult<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use muster_domain::id::CheckInId;
    use muster_domain::time::UtcMillis;

    #[test]
    fn rooms_need_an_address_where_browsers_give_the_camera() {
        let faults = |url: &str| BuiltInRoom::new(url.parse().unwrap()).validate("web");
        assert!(faults("https://muster.acme.example/").is_empty());
        assert!(faults("http://anna.localhost:8080/").is_empty());
        assert_eq!(faults("http://muster.acme.example/")[0].0, "web.public_url");
    }

    #[tokio::test]
    async fn the_room_is_the_check_ins_own_page_however_often_it_is_opened() {
        let request = RoomRequest {
            check_in: CheckInId::from_random([7; 16]),
            start: UtcMillis(0),
            end: UtcMillis(300_000),
            token: "t".into(),
        };
        for base in ["https://muster.acme.example", "https://acme.example/muster/"] {
            let port = BuiltInRoom::new(base.parse().unwrap());
            let room = port.open(&request).await.unwrap();
            assert_eq!(port.open(&request).await.unwrap(), room);
            let expected = format!("{}/check-ins/{}", base.trim_end_matches('/'), request.check_in);
            assert_eq!((&room.url, &room.reference), (&expected, &request.check_in.to_string()));
            assert_eq!(port.name(), room.provider);
            port.close(&room.reference).await.unwrap();
            port.check().await.unwrap();
        }
    }
}
