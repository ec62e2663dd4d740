package main

import (
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"strings"

	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/labels"
)

// The simulated Traefik: answers for every host of an ingress whose service has a ready pod, with the certificate of its secret.
func (s *simulation) serveIngress() error {
	listen := func(address string) (net.Listener, string, error) {
		if address == "" {
			return nil, "", nil
		}
		listener, err := net.Listen("tcp4", address)
		if err != nil {
			return nil, "", err
		}
		return listener, listener.Addr().String(), nil
	}
	plain, at, err := listen(s.options.ingressHTTP)
	if err != nil {
		return err
	}
	secure, atSecure, err := listen(s.options.ingressTLS)
	if err != nil {
		return err
	}
	s.ingressHTTP, s.ingressHTTPS = at, atSecure
	handler := http.HandlerFunc(s.answerIngress)
	if plain != nil {
		go func() { fail("ingress", (&http.Server{Handler: handler}).Serve(plain)) }()
	}
	if secure != nil {
		standard, err := s.credentials.pair("traefik", "TRAEFIK DEFAULT CERT")
		if err != nil {
			return err
		}
		server := &http.Server{Handler: handler, TLSConfig: &tls.Config{GetCertificate: func(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
			if found := s.certificateFor(hello.ServerName); found != nil {
				return found, nil
			}
			return &standard, nil
		}}}
		go func() { fail("ingress", server.ServeTLS(secure, "", "")) }()
	}
	return nil
}

func hostFits(pattern, host string) bool {
	if wild, found := strings.CutPrefix(pattern, "*."); found {
		_, rest, _ := strings.Cut(host, ".")
		return rest == wild
	}
	return pattern == "" || strings.EqualFold(pattern, host)
}

func (s *simulation) certificateFor(host string) *tls.Certificate {
	all, _ := s.ingresses.List(labels.Everything())
	for _, ingress := range all {
		for _, part := range ingress.Spec.TLS {
			for _, name := range part.Hosts {
				if !ours(ingress) || !hostFits(name, host) {
					continue
				}
				secret, err := s.secrets.Secrets(ingress.Namespace).Get(part.SecretName)
				if err != nil {
					continue
				}
				if pair, err := tls.X509KeyPair(secret.Data["tls.crt"], secret.Data["tls.key"]); err == nil {
					return &pair
				}
			}
		}
	}
	return nil
}

func (s *simulation) answerIngress(w http.ResponseWriter, r *http.Request) {
	host, _, err := net.SplitHostPort(r.Host)
	if err != nil {
		host = r.Host
	}
	namespace, backend := s.backendOf(host, r.URL.Path)
	if backend == nil {
		http.Error(w, "404 page not found", http.StatusNotFound)
		return
	}
	service, err := s.services.Services(namespace).Get(backend.Name)
	if err != nil || len(service.Spec.Selector) == 0 {
		http.Error(w, "404 page not found", http.StatusNotFound)
		return
	}
	pods, _ := s.pods.Pods(namespace).List(labels.SelectorFromSet(service.Spec.Selector))
	for _, pod := range pods {
		for _, c := range pod.Status.Conditions {
			if c.Type == "Ready" && c.Status == "True" && pod.DeletionTimestamp == nil {
				w.Header().Set("Content-Type", "text/html; charset=utf-8")
				_, _ = fmt.Fprintf(w, "<!doctype html><title>%[1]s (simulated)</title><p>Pod %[1]s of %[2]s is simulated: nothing but this page is behind %[3]s.\n", pod.Name, namespace, service.Name)
				return
			}
		}
	}
	http.Error(w, "no available server", http.StatusServiceUnavailable)
}

// The longest path that fits.
func (s *simulation) backendOf(host, path string) (string, *networkingv1.IngressServiceBackend) {
	all, _ := s.ingresses.List(labels.Everything())
	namespace, longest := "", -1
	var found *networkingv1.IngressServiceBackend
	for _, ingress := range all {
		if !ours(ingress) {
			continue
		}
		for _, rule := range ingress.Spec.Rules {
			if rule.HTTP == nil || !hostFits(rule.Host, host) {
				continue
			}
			for _, one := range rule.HTTP.Paths {
				if strings.HasPrefix(path, one.Path) && len(one.Path) > longest && one.Backend.Service != nil {
					namespace, found, longest = ingress.Namespace, one.Backend.Service, len(one.Path)
				}
			}
		}
	}
	return namespace, found
}
