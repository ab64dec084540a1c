//! Whom a client trusts: the authorities of the system, or the certificate in a file.

use crate::ClientError;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{WebPkiServerVerifier, verify_server_name};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{DigitallySignedStruct, Error, RootCertStore, SignatureScheme};
use std::path::Path;
use std::sync::Arc;

/// Authorities, and certificates that are trusted themselves: what `openssl req -x509` makes is no authority's, but
/// says that it were one, for which others would refuse it.
#[derive(Debug)]
struct Trust {
    authorities: Arc<WebPkiServerVerifier>,
    own: Vec<CertificateDer<'static>>,
    provider: Arc<CryptoProvider>,
}

/// What looks at a service's certificate: with the certificates in a file, or with those of the system.
pub fn verifier(
    file: Option<&Path>,
    provider: &Arc<CryptoProvider>,
) -> Result<Arc<dyn ServerCertVerifier>, ClientError> {
    let own = file.map(read).transpose()?;
    let all = own.clone().unwrap_or_else(|| rustls_native_certs::load_native_certs().certs);
    let path =
        || file.map_or_else(|| "the certificates of this system".into(), |file| file.display().to_string());
    let failed = |problem: String| ClientError::File { path: path(), problem };
    let mut roots = RootCertStore::empty();
    let (_, _) = roots.add_parsable_certificates(all);
    let authorities = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(provider))
        .build()
        .map_err(|error| failed(error.to_string()))?;
    Ok(Arc::new(Trust { authorities, own: own.unwrap_or_default(), provider: Arc::clone(provider) }))
}

fn read(file: &Path) -> Result<Vec<CertificateDer<'static>>, ClientError> {
    let failed = |problem: String| ClientError::File { path: file.display().to_string(), problem };
    let bytes = std::fs::read(file).map_err(|error| failed(error.to_string()))?;
    let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&bytes).collect();
    let certificates = certificates.map_err(|error| failed(format!("it is no PEM file: {error}")))?;
    if certificates.is_empty() {
        return Err(failed("it has no certificate: a PEM file begins with BEGIN CERTIFICATE".into()));
    }
    Ok(certificates)
}

impl ServerCertVerifier for Trust {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        if self.own.iter().any(|own| own == end_entity) {
            verify_server_name(&ParsedCertificate::try_from(end_entity)?, server_name)?;
            return Ok(ServerCertVerified::assertion());
        }
        self.authorities.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signed, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signed, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
