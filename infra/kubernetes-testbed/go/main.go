// A whole Kubernetes in one process: the real etcd, API server, controller manager and scheduler, and a simulated kubelet.
// It keeps everything in one folder, listens on loopback only and ends when its standard input does, so nobody can leave it behind.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
)

type options struct {
	folder      string
	host        string
	port        int
	ingressHTTP string
	ingressTLS  string
	nodes       int
	cpu         string
	memory      string
	pods        string
	nodeName    string
	bare        bool
	keepRunning bool
	temporary   bool
}

func main() {
	var o options
	flag.StringVar(&o.folder, "folder", "", "where everything lies; made when it is not there")
	flag.StringVar(&o.host, "host", "127.0.0.1", "address to listen on")
	flag.IntVar(&o.port, "port", 0, "port of the API server; 0: any")
	flag.StringVar(&o.ingressHTTP, "ingress-http", "", "address and port where the simulated Traefik serves HTTP; empty: none")
	flag.StringVar(&o.ingressTLS, "ingress-https", "", "the same for HTTPS")
	flag.IntVar(&o.nodes, "nodes", 1, "number of nodes")
	flag.StringVar(&o.cpu, "cpu", "4", "CPUs of each node")
	flag.StringVar(&o.memory, "memory", "8Gi", "memory of each node")
	flag.StringVar(&o.pods, "pods", "110", "pods that fit on each node")
	flag.StringVar(&o.nodeName, "node-name", "node", "name of the node; further ones get -2, -3 …")
	flag.BoolVar(&o.bare, "bare", false, "without the pods that K3s brings along (Traefik, CoreDNS …)")
	flag.BoolVar(&o.keepRunning, "keep-running", false, "go on when standard input ends")
	flag.BoolVar(&o.temporary, "temporary", false, "remove the folder at the end")
	flag.Parse()
	if o.folder == "" {
		fmt.Fprintln(os.Stderr, "Say where to keep everything: -folder PATH.")
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	if !o.keepRunning {
		go func() {
			_, _ = io.Copy(io.Discard, os.Stdin)
			end(o)
		}()
	}
	if err := run(ctx, o); err != nil {
		fmt.Fprintf(os.Stderr, "kubernetes: %v\n", err)
		os.Exit(1)
	}
}

// What is printed, as one line of JSON, once pods can be made.
type ready struct {
	Kubeconfig   string `json:"kubeconfig"`
	URL          string `json:"url"`
	CA           string `json:"ca"`
	Token        string `json:"token"`
	IngressHTTP  string `json:"ingress_http,omitempty"`
	IngressHTTPS string `json:"ingress_https,omitempty"`
	Milliseconds int64  `json:"milliseconds"`
}

func run(ctx context.Context, o options) error {
	begun := time.Now()
	folder, err := filepath.Abs(o.folder)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	o.folder = folder
	c, err := startControlPlane(ctx, o)
	if err != nil {
		return err
	}
	config := rest.CopyConfig(c.config)
	config.QPS, config.Burst = 500, 1000
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return err
	}
	s := &simulation{client: client, config: config, options: o, credentials: c.credentials}
	if err := s.start(ctx); err != nil {
		return err
	}
	if err := c.waitForAccounts(ctx, client); err != nil {
		return err
	}
	line, err := json.Marshal(ready{
		Kubeconfig: c.kubeconfig, URL: c.url, CA: string(c.credentials.caPEM), Token: c.token,
		IngressHTTP: s.ingressHTTP, IngressHTTPS: s.ingressHTTPS, Milliseconds: time.Since(begun).Milliseconds(),
	})
	if err != nil {
		return err
	}
	fmt.Println(string(line))
	<-ctx.Done()
	end(o)
	return nil
}

// Nothing here is worth the seconds of an orderly end: etcd recovers.
func end(o options) {
	for tries := 0; o.temporary && tries < 5 && os.RemoveAll(o.folder) != nil; tries++ { // etcd may just be making a file
	}
	os.Exit(0)
}
