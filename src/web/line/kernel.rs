//! The shortest round trip the kernel saw on one of our TCP connections (`tcpi_min_rtt`), asked of
//! Linux over netlink (sock_diag(7)) by the connection's two ends. Nothing is known elsewhere, or where
//! a sandbox forbids netlink.
//!
//! `tcpi_rtt` would not do: answers that the other side holds back (delayed ACKs) make it long.

use std::net::SocketAddr;

/// In microseconds; `None` where the kernel does not tell.
#[cfg(target_os = "linux")]
pub(super) fn min_round_trip_us(local: SocketAddr, remote: SocketAddr) -> Option<u32> {
    use netlink_packet_core::{NLM_F_REQUEST, NetlinkHeader, NetlinkMessage, NetlinkPayload};
    use netlink_packet_sock_diag::SockDiagMessage;
    use netlink_packet_sock_diag::constants::{AF_INET, AF_INET6, IPPROTO_TCP};
    use netlink_packet_sock_diag::inet::nlas::Nla;
    use netlink_packet_sock_diag::inet::{ExtensionFlags, InetRequest, SocketId, StateFlags};
    use netlink_sys::{Socket, SocketAddr as NetlinkAddr, protocols::NETLINK_SOCK_DIAG};

    let family = if local.is_ipv4() { AF_INET } else { AF_INET6 };
    let request = InetRequest {
        family,
        protocol: IPPROTO_TCP,
        extensions: ExtensionFlags::INFO,
        states: StateFlags::ESTABLISHED,
        socket_id: SocketId {
            source_port: local.port(),
            destination_port: remote.port(),
            source_address: local.ip(),
            destination_address: remote.ip(),
            interface_id: 0,
            cookie: [0xFF; 8], // INET_DIAG_NOCOOKIE
        },
    };
    let mut header = NetlinkHeader::default();
    header.flags = NLM_F_REQUEST;
    let mut packet = NetlinkMessage::new(header, SockDiagMessage::InetRequest(request).into());
    packet.finalize();
    let mut bytes = vec![0; packet.header.length as usize];
    packet.serialize(&mut bytes);

    let mut socket = Socket::new(NETLINK_SOCK_DIAG).ok()?;
    socket.bind_auto().ok()?;
    socket.connect(&NetlinkAddr::new(0, 0)).ok()?;
    socket.send(&bytes, 0).ok()?;
    // One socket was asked for by name, so one answer comes, at once: the kernel writes it before
    // `send` returns.
    let (answer, _) = socket.recv_from_full().ok()?;
    let answer = NetlinkMessage::<SockDiagMessage>::deserialize(&answer).ok()?;
    let NetlinkPayload::InnerMessage(SockDiagMessage::InetResponse(response)) = answer.payload
    else {
        return None;
    };
    response.nlas.iter().find_map(|nla| match nla {
        Nla::TcpInfo(info) => {
            let us = info.get(MIN_RTT_AT..MIN_RTT_AT + 4)?;
            // All ones: nothing was measured yet.
            Some(u32::from_ne_bytes(us.try_into().ok()?)).filter(|us| *us != u32::MAX)
        }
        _ => None,
    })
}

/// Offset of `tcpi_min_rtt` in the kernel's `struct tcp_info` (linux/tcp.h, since 4.6); the structure
/// only ever grows at its end.
#[cfg(target_os = "linux")]
const MIN_RTT_AT: usize = 148;

#[cfg(not(target_os = "linux"))]
pub(super) fn min_round_trip_us(_: SocketAddr, _: SocketAddr) -> Option<u32> {
    None
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use std::io::{Read, Write};
    use std::net::{TcpListener, TcpStream};

    fn connected(at: &str) -> (TcpStream, TcpStream) {
        let listener = TcpListener::bind(at).unwrap();
        let mut there = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let (mut here, _) = listener.accept().unwrap();
        let mut byte = [0];
        there.write_all(b"a").unwrap();
        here.read_exact(&mut byte).unwrap();
        here.write_all(b"b").unwrap();
        there.read_exact(&mut byte).unwrap();
        (here, there)
    }

    #[test]
    fn the_kernel_tells_the_round_trip_of_a_connection_by_its_two_ends() {
        for at in ["127.0.0.1:0", "[::1]:0"] {
            let (here, there) = connected(at);
            let (local, remote) = (here.local_addr().unwrap(), here.peer_addr().unwrap());
            let us = min_round_trip_us(local, remote).expect(at);
            assert!(us < 100_000, "{us} us on loopback");
            assert!(min_round_trip_us(remote, local).is_some(), "the other end is ours here, too");
            let other = SocketAddr::new(remote.ip(), 1);
            assert_eq!(min_round_trip_us(local, other), None, "no such connection");
            drop(there);
        }
    }

    /// A socket that takes both families sees an IPv4 visitor as a mapped address.
    #[test]
    fn a_mapped_address_is_found_as_well() {
        let listener = TcpListener::bind("[::]:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let there = TcpStream::connect(("127.0.0.1", port)).unwrap();
        let (here, remote) = listener.accept().unwrap();
        assert!(remote.is_ipv6(), "{remote}");
        assert!(min_round_trip_us(here.local_addr().unwrap(), remote).is_some());
        drop(there);
    }
}
