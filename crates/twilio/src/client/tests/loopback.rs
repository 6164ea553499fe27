//! A carrier on loopback that responds as a test tells it to, and counts connections and requests.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{ServerConfig, ServerConnection, StreamOwned};

/// The carrier's behavior for each connection.
#[derive(Clone)]
pub(super) enum Script {
    /// Wait for a request, and close without reading it.
    CloseUnread,
    /// Read the request and close.
    CloseAfterReading,
    /// Read the request, write this response, and close.
    Respond(String),
    /// Read the request, write this response, and keep the connection open.
    RespondAndWait(String),
    /// Read everything that the client sends, and send nothing.
    Silence,
}

/// A server's certificate with its private key.
pub(super) struct Identity {
    pub(super) certificate: CertificateDer<'static>,
    pub(super) key: PrivateKeyDer<'static>,
}

enum Event {
    Connected(SocketAddr),
    Requested(String),
}

/// The carrier. Its thread ends with the process, or at the next connection after [`Loopback::finish`].
pub(super) struct Loopback {
    address: SocketAddr,
    events: Receiver<Event>,
}

/// The connections and requests that reached the carrier.
pub(super) struct Seen {
    pub(super) connections: usize,
    pub(super) requests: Vec<String>,
}

impl Loopback {
    pub(super) fn start(script: Script) -> Self {
        Self::serve(move |stream, events| script.play(stream, events))
    }

    pub(super) fn start_secure(script: Script, identity: Identity) -> Self {
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![identity.certificate], identity.key)
            .unwrap();
        let config = Arc::new(config);
        Self::serve(move |stream, events| {
            let connection = ServerConnection::new(config.clone()).map_err(io::Error::other)?;
            script.play(StreamOwned::new(connection, stream), events)
        })
    }

    fn serve(play: impl Fn(TcpStream, &Sender<Event>) -> io::Result<()> + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (sender, events) = channel();
        thread::spawn(move || {
            while let Ok((stream, peer)) = listener.accept() {
                if sender.send(Event::Connected(peer)).is_err() {
                    return;
                }
                // An error is ignored, because in some tests the client disconnects. The counts show what happened.
                let _ = play(stream, &sender);
            }
        });
        Self { address, events }
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Returns the connections and requests so far. It makes a last connection of its own: when the carrier accepts
    /// that connection, the carrier has seen all earlier ones.
    pub(super) fn finish(self) -> Seen {
        let last = TcpStream::connect(self.address).unwrap();
        let me = last.local_addr().unwrap();
        drop(last);
        let mut seen = Seen { connections: 0, requests: Vec::new() };
        for event in self.events {
            match event {
                Event::Connected(peer) if peer == me => return seen,
                Event::Connected(_) => seen.connections += 1,
                Event::Requested(request) => seen.requests.push(request),
            }
        }
        panic!("the carrier's thread ended")
    }
}

/// Returns an address without a listener: its port was free a moment ago.
pub(super) fn unreachable_address() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

impl Script {
    fn play(&self, mut stream: impl Read + Write + AsTcp, events: &Sender<Event>) -> io::Result<()> {
        if let Self::CloseUnread = self {
            return stream.tcp().peek(&mut [0]).map(drop);
        }
        let request = read_request(&mut stream)?;
        let _ = events.send(Event::Requested(request));
        match self {
            Self::CloseUnread | Self::CloseAfterReading => Ok(()),
            Self::Respond(response) => {
                stream.write_all(response.as_bytes())?;
                stream.flush()
            }
            Self::RespondAndWait(response) => {
                stream.write_all(response.as_bytes())?;
                stream.flush()?;
                stream.read_to_end(&mut Vec::new()).map(drop)
            }
            Self::Silence => stream.read_to_end(&mut Vec::new()).map(drop),
        }
    }
}

fn read_request(stream: &mut impl Read) -> io::Result<String> {
    let mut bytes = Vec::new();
    let mut chunk = [0; 4096];
    loop {
        let read = stream.read(&mut chunk)?;
        if read == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        bytes.extend_from_slice(&chunk[..read]);
        let text = String::from_utf8_lossy(&bytes);
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head
                .lines()
                .find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ").map(str::to_owned));
            if body.len() >= length.map_or(0, |length| length.parse().unwrap()) {
                return Ok(text.into_owned());
            }
        }
    }
}

pub(super) trait AsTcp {
    fn tcp(&self) -> &TcpStream;
}

impl AsTcp for TcpStream {
    fn tcp(&self) -> &TcpStream {
        self
    }
}

impl AsTcp for StreamOwned<ServerConnection, TcpStream> {
    fn tcp(&self) -> &TcpStream {
        &self.sock
    }
}
