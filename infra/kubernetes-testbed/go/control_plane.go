package main

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/pflag"
	"go.etcd.io/etcd/server/v3/embed"
	"go.etcd.io/etcd/server/v3/storage/wal"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/tools/events"
	cliflag "k8s.io/component-base/cli/flag"
	_ "k8s.io/component-base/metrics/prometheus/workqueue"
	"k8s.io/klog/v2"
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
	apiserveroptions "k8s.io/kubernetes/cmd/kube-apiserver/app/options"
	"k8s.io/kubernetes/pkg/scheduler"
	"k8s.io/kubernetes/pkg/scheduler/apis/config/latest"
)

type controlPlane struct {
	credentials *credentials
	config      *rest.Config
	kubeconfig  string
	url         string
	token       string
}

func startControlPlane(ctx context.Context, o options) (*controlPlane, error) {
	keys, err := openCredentials(filepath.Join(o.folder, "pki"))
	if err != nil {
		return nil, err
	}
	etcdURL, err := startEtcd(o.folder)
	if err != nil {
		return nil, fmt.Errorf("etcd: %w", err)
	}
	listener, err := net.Listen("tcp4", fmt.Sprintf("%s:%d", o.host, o.port))
	if err != nil {
		return nil, err
	}
	c := &controlPlane{credentials: keys, url: fmt.Sprintf("https://%s", listener.Addr()), kubeconfig: filepath.Join(o.folder, "kubeconfig.yaml")}
	if c.token, err = keys.word("token"); err != nil {
		return nil, err
	}
	if err := c.writeKubeconfig(); err != nil {
		return nil, err
	}
	if c.config, err = clientcmd.BuildConfigFromFlags("", c.kubeconfig); err != nil {
		return nil, err
	}
	if err := startAPIServer(ctx, c, listener, etcdURL); err != nil {
		return nil, fmt.Errorf("API server: %w", err)
	}
	if err := c.waitUntilReady(ctx); err != nil {
		return nil, err
	}
	if err := startControllers(ctx, c); err != nil {
		return nil, fmt.Errorf("controller manager: %w", err)
	}
	if err := startScheduler(ctx, c); err != nil {
		return nil, fmt.Errorf("scheduler: %w", err)
	}
	return c, nil
}

func startEtcd(folder string) (string, error) {
	sockets := folder
	if len(sockets) > 90 { // the kernel takes 107 bytes
		var err error
		if sockets, err = os.MkdirTemp("", "k8s-"); err != nil {
			return "", err
		}
	}
	client := url.URL{Scheme: "unix", Path: filepath.Join(sockets, "etcd.sock")}
	peer := url.URL{Scheme: "unix", Path: filepath.Join(sockets, "peer.sock")}
	config := embed.NewConfig()
	config.Dir = filepath.Join(folder, "etcd")
	config.UnsafeNoFsync = true
	config.LogLevel = "error"
	// Small and soon there: the standard maps 10 GiB and writes 64 MiB ahead.
	config.QuotaBackendBytes = 256 << 20
	wal.SegmentSizeBytes = 4 << 20
	config.ListenClientUrls, config.ListenPeerUrls = []url.URL{client}, []url.URL{peer}
	// Told to others, of which there are none.
	config.AdvertiseClientUrls, config.AdvertisePeerUrls = []url.URL{{Scheme: "http", Host: "localhost:2379"}}, []url.URL{{Scheme: "http", Host: "localhost:2380"}}
	config.InitialCluster = config.InitialClusterFromName(config.Name)
	server, err := embed.StartEtcd(config)
	if err != nil {
		return "", err
	}
	select {
	case <-server.Server.ReadyNotify():
		return client.String(), nil
	case err := <-server.Err():
		return "", err
	case <-time.After(30 * time.Second):
		return "", errors.New("not ready after 30 s")
	}
}

func parse(sets cliflag.NamedFlagSets, args []string) error {
	all := pflag.NewFlagSet("", pflag.ContinueOnError)
	for _, set := range sets.FlagSets {
		all.AddFlagSet(set)
	}
	return all.Parse(args)
}

func startAPIServer(ctx context.Context, c *controlPlane, listener net.Listener, etcdURL string) error {
	keys := c.credentials
	if _, err := keys.pair("apiserver", "kube-apiserver"); err != nil {
		return err
	}
	if _, err := keys.pair("kubelet-client", "kube-apiserver-kubelet-client", "system:masters"); err != nil {
		return err
	}
	if _, err := keys.pair("front-proxy", "front-proxy"); err != nil {
		return err
	}
	if _, err := keys.pair("service-account", "service-account"); err != nil {
		return err
	}
	tokens := keys.path("tokens.csv")
	if err := os.WriteFile(tokens, []byte(c.token+",admin,admin,system:masters\n"), 0o600); err != nil {
		return err
	}
	s := apiserveroptions.NewServerRunOptions()
	err := parse(s.Flags(), []string{
		"--etcd-servers=" + etcdURL,
		"--bind-address=127.0.0.1", "--advertise-address=10.42.0.1", "--external-hostname=localhost",
		"--tls-cert-file=" + keys.path("apiserver.crt"), "--tls-private-key-file=" + keys.path("apiserver.key"),
		"--client-ca-file=" + keys.path("ca.crt"), "--token-auth-file=" + tokens, "--anonymous-auth=false",
		"--service-account-key-file=" + keys.path("service-account.crt"), "--service-account-signing-key-file=" + keys.path("service-account.key"),
		"--service-account-issuer=https://kubernetes.default.svc.cluster.local",
		"--kubelet-client-certificate=" + keys.path("kubelet-client.crt"), "--kubelet-client-key=" + keys.path("kubelet-client.key"), "--kubelet-certificate-authority=" + keys.path("ca.crt"), "--kubelet-preferred-address-types=InternalIP",
		"--requestheader-client-ca-file=" + keys.path("ca.crt"), "--requestheader-allowed-names=front-proxy", "--requestheader-username-headers=X-Remote-User",
		"--requestheader-group-headers=X-Remote-Group", "--requestheader-extra-headers-prefix=X-Remote-Extra-",
		"--proxy-client-cert-file=" + keys.path("front-proxy.crt"), "--proxy-client-key-file=" + keys.path("front-proxy.key"),
		"--authorization-mode=RBAC", "--service-cluster-ip-range=10.43.0.0/16", "--endpoint-reconciler-type=none", "--allow-privileged=true",
		"--disable-admission-plugins=TaintNodesByCondition", "--enable-priority-and-fairness=false", "--profiling=false", "--shutdown-delay-duration=0s",
	})
	if err != nil {
		return err
	}
	s.SecureServing.Listener = listener
	s.SecureServing.BindPort = listener.Addr().(*net.TCPAddr).Port
	if err := s.GenericServerRunOptions.ComponentGlobalsRegistry.Set(); err != nil {
		return err
	}
	rest.SetDefaultWarningHandler(rest.NoWarnings{})
	completed, err := s.Complete(ctx)
	if err != nil {
		return err
	}
	if problems := completed.Validate(); len(problems) > 0 {
		return errors.Join(problems...)
	}
	go func() { fail("API server", apiserver.Run(ctx, completed)) }()
	return nil
}

func startScheduler(ctx context.Context, c *controlPlane) error {
	config := rest.CopyConfig(c.config)
	config.QPS, config.Burst = 500, 1000
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return err
	}
	defaults, err := latest.Default()
	if err != nil {
		return err
	}
	shared := scheduler.NewInformerFactory(client, 0)
	broadcaster := events.NewEventBroadcasterAdapter(client)
	one, err := scheduler.New(ctx, client, shared, nil, func(name string) events.EventRecorderLogger { return broadcaster.NewRecorder(name) },
		scheduler.WithKubeConfig(config), scheduler.WithProfiles(defaults.Profiles...), scheduler.WithParallelism(4),
		scheduler.WithPodInitialBackoffSeconds(1), scheduler.WithPodMaxBackoffSeconds(2), scheduler.WithComponentConfigVersion(defaults.APIVersion))
	if err != nil {
		return err
	}
	broadcaster.StartRecordingToSink(ctx.Done())
	shared.Start(ctx.Done())
	go func() {
		shared.WaitForCacheSync(ctx.Done())
		if err := one.WaitForHandlersSync(ctx); err != nil {
			fail("scheduler", err)
		}
		one.Run(ctx)
	}()
	return nil
}

func fail(what string, err error) {
	klog.Flush()
	fmt.Fprintf(os.Stderr, "kubernetes: the %s ended: %v\n", what, err)
	os.Exit(1)
}

func (c *controlPlane) waitUntilReady(ctx context.Context) error {
	client, err := kubernetes.NewForConfig(c.config)
	if err != nil {
		return err
	}
	for begun := time.Now(); ; {
		var last error
		if _, last = client.Discovery().RESTClient().Get().AbsPath("/readyz").DoRaw(ctx); last == nil {
			return nil
		}
		if time.Since(begun) > 60*time.Second {
			return fmt.Errorf("the API server is not ready after 60 s: %w", last)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// Pods are refused until their namespace has an account for them.
func (c *controlPlane) waitForAccounts(ctx context.Context, client kubernetes.Interface) error {
	for begun := time.Now(); ; {
		_, err := client.CoreV1().ServiceAccounts("default").Get(ctx, "default", metav1.GetOptions{})
		if err == nil {
			return nil
		}
		if time.Since(begun) > 60*time.Second {
			return fmt.Errorf("the controllers did nothing within 60 s: %w", err)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// As K3s writes it: everything in one file, a client certificate of system:masters.
func (c *controlPlane) writeKubeconfig() error {
	keys := c.credentials
	if _, err := keys.pair("admin", "system:admin", "system:masters"); err != nil {
		return err
	}
	encoded := func(name string) string {
		text, _ := os.ReadFile(keys.path(name))
		return base64.StdEncoding.EncodeToString(text)
	}
	text := fmt.Sprintf(`apiVersion: v1
clusters:
- cluster:
    certificate-authority-data: %s
    server: %s
  name: default
contexts:
- context:
    cluster: default
    user: default
  name: default
current-context: default
kind: Config
users:
- name: default
  user:
    client-certificate-data: %s
    client-key-data: %s
`, encoded("ca.crt"), c.url, encoded("admin.crt"), encoded("admin.key"))
	return os.WriteFile(c.kubeconfig, []byte(text), 0o600)
}
