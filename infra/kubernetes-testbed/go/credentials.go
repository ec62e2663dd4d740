package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"
)

// Certificates of one cluster. They are made once and kept in its folder, so that a kubeconfig stays good over a restart.
type credentials struct {
	folder string
	ca     *x509.Certificate
	key    *ecdsa.PrivateKey
	caPEM  []byte
	pool   *x509.CertPool
}

func openCredentials(folder string) (*credentials, error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, err
	}
	c := &credentials{folder: folder, pool: x509.NewCertPool()}
	pair, err := tls.LoadX509KeyPair(c.path("ca.crt"), c.path("ca.key"))
	if errors.Is(err, os.ErrNotExist) {
		pair, err = c.issue("ca", &x509.Certificate{Subject: pkix.Name{CommonName: "simulated-kubernetes-ca"}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature})
	}
	if err != nil {
		return nil, err
	}
	c.ca, err = x509.ParseCertificate(pair.Certificate[0])
	if err != nil {
		return nil, err
	}
	c.key = pair.PrivateKey.(*ecdsa.PrivateKey)
	c.caPEM, err = os.ReadFile(c.path("ca.crt"))
	c.pool.AddCert(c.ca)
	return c, err
}

func (c *credentials) path(name string) string { return filepath.Join(c.folder, name) }

// The pair of a name, made when there is none: a server of this machine and a client of the given name and groups.
func (c *credentials) pair(file, name string, groups ...string) (tls.Certificate, error) {
	if found, err := tls.LoadX509KeyPair(c.path(file+".crt"), c.path(file+".key")); err == nil {
		return found, nil
	}
	return c.issue(file, &x509.Certificate{
		Subject:     pkix.Name{CommonName: name, Organization: groups},
		KeyUsage:    x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1), net.ParseIP("::1"), net.IPv4(10, 43, 0, 1)},
		DNSNames:    []string{"localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc", "kubernetes.default.svc.cluster.local"},
	})
}

func (c *credentials) issue(file string, template *x509.Certificate) (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, err
	}
	if template.SerialNumber, err = rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120)); err != nil {
		return tls.Certificate{}, err
	}
	template.NotBefore, template.NotAfter = time.Now().Add(-time.Hour), time.Now().AddDate(10, 0, 0)
	signer, signerKey := c.ca, c.key
	if signer == nil {
		signer, signerKey = template, key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, signer, &key.PublicKey, signerKey)
	if err != nil {
		return tls.Certificate{}, err
	}
	certificate := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return tls.Certificate{}, err
	}
	keyPEM := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private})
	if err := errors.Join(os.WriteFile(c.path(file+".key"), keyPEM, 0o600), os.WriteFile(c.path(file+".crt"), certificate, 0o644)); err != nil {
		return tls.Certificate{}, err
	}
	return tls.X509KeyPair(certificate, keyPEM)
}

// A secret word that is kept.
func (c *credentials) word(file string) (string, error) {
	if kept, err := os.ReadFile(c.path(file)); err == nil {
		return string(kept), nil
	}
	bytes := make([]byte, 24)
	if _, err := rand.Read(bytes); err != nil {
		return "", err
	}
	word := hex.EncodeToString(bytes)
	return word, os.WriteFile(c.path(file), []byte(word), 0o600)
}
