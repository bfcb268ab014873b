//! The two sides of TLS: who the server is, and whom the client trusts.

use std::sync::Arc;

use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, ClientConnection, Connection, RootCertStore, ServerConfig};
use rustls::{ServerConnection, version};
use sockrates_core::{Error, Op, Result};

const PEM: &[u8] = include_bytes!("rustls_identity.pem");

/// A client and a server that have not shaken hands yet.
pub(super) fn both_sides() -> Result<(Connection, Connection)> {
    let certificate = CertificateDer::from_pem_slice(PEM).map_err(refused)?;
    let key = PrivateKeyDer::from_pem_slice(PEM).map_err(refused)?;
    Ok((client(&certificate)?.into(), server(certificate, key)?.into()))
}

fn client(trusted: &CertificateDer<'static>) -> Result<ClientConnection> {
    let mut roots = RootCertStore::empty();
    roots.add(trusted.clone()).map_err(refused)?;
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_protocol_versions(&[&version::TLS13])
        .map_err(refused)?
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from("localhost").map_err(refused)?;
    ClientConnection::new(Arc::new(config), name).map_err(refused)
}

fn server(
    certificate: CertificateDer<'static>,
    key: PrivateKeyDer<'static>,
) -> Result<ServerConnection> {
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_protocol_versions(&[&version::TLS13])
        .map_err(refused)?
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .map_err(refused)?;
    // A client that only sends would close with the tickets unread, so that its TCP resets the
    // connection and the server may lose what was sent.
    config.send_tls13_tickets = 0;
    ServerConnection::new(Arc::new(config)).map_err(refused)
}

/// What TLS refuses, as an error of the contract.
pub(super) fn refused(error: impl std::fmt::Display) -> Error {
    Error::invalid(Op::Connect.name(), error.to_string(), "refused by TLS")
}
