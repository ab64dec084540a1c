class_name EvolveTrust
extends RefCounted
## Whom a worker trusts at a [code]wss://[/code] address: the engine's authorities, or just the
## certificate that the worker's user names. Never trusts anybody without looking.

## The environment variable that names a certificate in PEM.
const VARIABLE := "EVOLVE_CERTIFICATE"

const _BEGIN := "-----BEGIN CERTIFICATE-----"


## What is wrong with a certificate's file, one sentence; empty when nothing is, or none is named.
static func problem_of(path: String) -> String:
	if path.is_empty():
		return ""
	var text := FileAccess.get_file_as_string(path)
	if text.is_empty():
		var why := error_string(FileAccess.get_open_error())
		return "the certificate %s cannot be read (%s)." % [path, why]
	# The engine's own words about what it cannot parse would reach the log beside ours.
	if not text.contains(_BEGIN) or X509Certificate.new().load_from_string(text) != OK:
		return "%s holds no certificate in PEM." % path
	return ""


## How a connection looks at whom it meets: by the certificate at [param path], or by the engine's
## authorities when that is empty. Names are always compared.
static func options(path: String) -> TLSOptions:
	if path.is_empty():
		return TLSOptions.client()
	var certificate := X509Certificate.new()
	certificate.load_from_string(FileAccess.get_file_as_string(path))
	return TLSOptions.client(certificate)
