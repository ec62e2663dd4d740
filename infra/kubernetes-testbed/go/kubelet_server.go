package main

import (
	"bufio"
	"context"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/labels"
	remotecommandserver "k8s.io/cri-streaming/pkg/streaming/remotecommand"
)

// The kubelet's own server: logs, exec, and the metrics that a metrics-server would make of its figures. Only who has a certificate of this cluster is let in.
func (s *simulation) serveKubelet() error {
	pair, err := s.credentials.pair("kubelet", "kubelet")
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return err
	}
	s.kubeletPort = int32(listener.Addr().(*net.TCPAddr).Port)
	routes := http.NewServeMux()
	routes.HandleFunc("GET /containerLogs/{namespace}/{pod}/{container}", s.logs)
	routes.HandleFunc("/exec/{namespace}/{pod}/{container}", s.exec)
	routes.HandleFunc("GET /openapi/v2", func(w http.ResponseWriter, _ *http.Request) { // asked for by the API server, which would tell its log every minute
		answer(w, map[string]any{"swagger": "2.0", "info": map[string]any{"title": "metrics", "version": "v1beta1"}, "paths": map[string]any{}})
	})
	routes.HandleFunc("GET /apis/metrics.k8s.io/v1beta1", metricsDiscovery)
	routes.HandleFunc("GET /apis/metrics.k8s.io/v1beta1/nodes", s.nodeMetrics)
	routes.HandleFunc("GET /apis/metrics.k8s.io/v1beta1/nodes/{name}", s.nodeMetrics)
	routes.HandleFunc("GET /apis/metrics.k8s.io/v1beta1/pods", s.podMetrics)
	routes.HandleFunc("GET /apis/metrics.k8s.io/v1beta1/namespaces/{namespace}/pods", s.podMetrics)
	routes.HandleFunc("GET /apis/metrics.k8s.io/v1beta1/namespaces/{namespace}/pods/{name}", s.podMetrics)
	server := &http.Server{Handler: routes, TLSConfig: &tls.Config{Certificates: []tls.Certificate{pair}, ClientCAs: s.credentials.pool, ClientAuth: tls.RequireAndVerifyClientCert, NextProtos: []string{"http/1.1"}}}
	go func() { fail("kubelet", server.ServeTLS(listener, "", "")) }()
	return nil
}

// A line per second of the pod's life, or the text of its annotation `xanthus/log`.
func (s *simulation) logs(w http.ResponseWriter, r *http.Request) {
	pod, err := s.pods.Pods(r.PathValue("namespace")).Get(r.PathValue("pod"))
	if err != nil {
		http.Error(w, err.Error(), http.StatusNotFound)
		return
	}
	container := r.PathValue("container")
	status := corev1.ContainerStatus{}
	for _, one := range append(append([]corev1.ContainerStatus{}, pod.Status.InitContainerStatuses...), pod.Status.ContainerStatuses...) {
		if one.Name == container {
			status = one
		}
	}
	if status.ContainerID == "" {
		reason := "ContainerCreating"
		if status.State.Waiting != nil {
			reason = status.State.Waiting.Reason
		}
		http.Error(w, fmt.Sprintf("container %q in pod %q is waiting to start: %s", container, pod.Name, reason), http.StatusBadRequest)
		return
	}
	query := r.URL.Query()
	if query.Get("previous") == "true" && status.LastTerminationState.Terminated == nil {
		http.Error(w, fmt.Sprintf("previous terminated container %q in pod %q not found", container, pod.Name), http.StatusBadRequest)
		return
	}
	begun := time.Now()
	if pod.Status.StartTime != nil {
		begun = pod.Status.StartTime.Time
	}
	line := func(n int) string {
		if n == 0 {
			return fmt.Sprintf("simulated log of %s in %s/%s (%s)", container, pod.Namespace, pod.Name, status.Image)
		}
		if text := pod.Annotations["xanthus/log"]; text != "" {
			all := strings.Split(strings.TrimRight(text, "\n"), "\n")
			if n <= len(all) {
				return all[n-1]
			}
		}
		if status.State.Waiting != nil || status.State.Terminated != nil && status.State.Terminated.ExitCode != 0 {
			return "fatal: this container was told to fail (simulated)"
		}
		return fmt.Sprintf("still running after %d s", n)
	}
	count := func() int {
		extra := 0
		if text := pod.Annotations["xanthus/log"]; text != "" {
			extra = len(strings.Split(strings.TrimRight(text, "\n"), "\n"))
		}
		if status.State.Running == nil {
			return extra + 2
		}
		return 1 + max(extra, int(time.Since(begun)/time.Second))
	}
	total := count()
	first := max(0, total-5_000)
	if tail, err := strconv.Atoi(query.Get("tailLines")); err == nil {
		first = max(first, total-tail)
	}
	if since, err := strconv.Atoi(query.Get("sinceSeconds")); err == nil {
		first = max(first, total-since)
	}
	out := bufio.NewWriter(w)
	write := func(n int) {
		if query.Get("timestamps") == "true" {
			_, _ = fmt.Fprintf(out, "%s ", begun.Add(time.Duration(n)*time.Second).UTC().Format(time.RFC3339Nano))
		}
		_, _ = fmt.Fprintln(out, line(n))
	}
	for n := first; n < total; n++ {
		write(n)
	}
	_ = out.Flush()
	if query.Get("follow") != "true" || status.State.Running == nil {
		return
	}
	flusher, _ := w.(http.Flusher)
	flusher.Flush()
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-r.Context().Done():
			return
		case <-tick.C:
			if now, err := s.pods.Pods(pod.Namespace).Get(pod.Name); err != nil || now.UID != pod.UID || now.DeletionTimestamp != nil {
				return
			}
			for ; total < count(); total++ {
				write(total)
			}
			_ = out.Flush()
			flusher.Flush()
		}
	}
}

func (s *simulation) exec(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	options, err := remotecommandserver.NewOptions(r)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	pod, err := s.pods.Pods(r.PathValue("namespace")).Get(r.PathValue("pod"))
	if err != nil || pod.Status.Phase != corev1.PodRunning {
		http.Error(w, "container not found ("+strconv.Quote(r.PathValue("container"))+")", http.StatusNotFound)
		return
	}
	remotecommandserver.ServeExec(w, r, &executor{pod: pod}, pod.Name, string(pod.UID), r.PathValue("container"), query["command"], options, time.Minute, 10*time.Second, remotecommandserver.SupportedStreamingProtocols)
}

// Plays the few programs that say something about a container; every other one succeeds and says that it is simulated.
type executor struct{ pod *corev1.Pod }

type exitError struct{ code int }

func (e exitError) Error() string   { return fmt.Sprintf("command terminated with exit code %d", e.code) }
func (e exitError) String() string  { return e.Error() }
func (e exitError) Exited() bool    { return true }
func (e exitError) ExitStatus() int { return e.code }

func (e *executor) ExecInContainer(_ context.Context, name string, _ string, container string, command []string, in io.Reader, out, _ io.WriteCloser, _ bool, _ <-chan remotecommandserver.TerminalSize, _ time.Duration) error {
	if out == nil || len(command) == 0 {
		return nil
	}
	switch command[0] {
	case "echo":
		_, _ = fmt.Fprintln(out, strings.Join(command[1:], " "))
	case "cat":
		if in != nil && len(command) == 1 {
			_, _ = io.Copy(out, in)
		}
	case "hostname":
		_, _ = fmt.Fprintln(out, e.pod.Name)
	case "false":
		return exitError{1}
	case "true":
	case "env", "printenv":
		for _, c := range e.pod.Spec.Containers {
			for _, env := range c.Env {
				if c.Name == container && env.ValueFrom == nil {
					_, _ = fmt.Fprintf(out, "%s=%s\n", env.Name, env.Value)
				}
			}
		}
	default:
		_, _ = fmt.Fprintf(out, "simulated in %s: %s\n", name, strings.Join(command, " "))
	}
	return nil
}

func metricsDiscovery(w http.ResponseWriter, _ *http.Request) {
	type entry = map[string]any
	list := func(name, kind string, namespaced bool) entry {
		return entry{"name": name, "singularName": "", "namespaced": namespaced, "kind": kind, "verbs": []string{"get", "list"}}
	}
	answer(w, entry{"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": "metrics.k8s.io/v1beta1", "resources": []entry{list("nodes", "NodeMetrics", false), list("pods", "PodMetrics", true)}})
}

// Half of what a container asks for, and a little of its own.
func usage(pod *corev1.Pod, c corev1.Container) (cpu, memory int64) {
	h := fnv.New32a()
	_, _ = h.Write([]byte(string(pod.UID) + c.Name))
	own := int64(h.Sum32() % 20)
	return c.Resources.Requests.Cpu().MilliValue()/2 + 1 + own, c.Resources.Requests.Memory().Value()/2 + (10+own)<<20
}

func figures(cpu, memory int64) map[string]string {
	return map[string]string{"cpu": resource.NewMilliQuantity(cpu, resource.DecimalSI).String(), "memory": resource.NewQuantity(memory, resource.BinarySI).String()}
}

func (s *simulation) podMetrics(w http.ResponseWriter, r *http.Request) {
	selector, err := labels.Parse(r.URL.Query().Get("labelSelector"))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	pods, _ := s.pods.Pods(r.PathValue("namespace")).List(selector)
	items := []any{}
	for _, pod := range pods {
		if pod.Status.Phase != corev1.PodRunning || r.PathValue("name") != "" && pod.Name != r.PathValue("name") {
			continue
		}
		containers := []any{}
		for _, c := range pod.Spec.Containers {
			containers = append(containers, map[string]any{"name": c.Name, "usage": figures(usage(pod, c))})
		}
		items = append(items, map[string]any{
			"kind": "PodMetrics", "apiVersion": "metrics.k8s.io/v1beta1", "metadata": map[string]any{"name": pod.Name, "namespace": pod.Namespace, "labels": pod.Labels}, "timestamp": time.Now().UTC().Format(time.RFC3339), "window": "10s", "containers": containers,
		})
	}
	answerMetrics(w, r, "PodMetricsList", items)
}

func (s *simulation) nodeMetrics(w http.ResponseWriter, r *http.Request) {
	pods, _ := s.pods.List(labels.Everything())
	sums := map[string][2]int64{}
	for i := 1; i <= s.options.nodes; i++ {
		name := s.options.nodeName
		if i > 1 {
			name = fmt.Sprintf("%s-%d", name, i)
		}
		sums[name] = [2]int64{50, 512 << 20}
	}
	for _, pod := range pods {
		sum, known := sums[pod.Spec.NodeName]
		if pod.Status.Phase != corev1.PodRunning || !known {
			continue
		}
		for _, c := range pod.Spec.Containers {
			cpu, memory := usage(pod, c)
			sum[0], sum[1] = sum[0]+cpu, sum[1]+memory
		}
		sums[pod.Spec.NodeName] = sum
	}
	items := []any{}
	for name, sum := range sums {
		if r.PathValue("name") == "" || r.PathValue("name") == name {
			items = append(items, map[string]any{
				"kind": "NodeMetrics", "apiVersion": "metrics.k8s.io/v1beta1", "metadata": map[string]any{"name": name}, "timestamp": time.Now().UTC().Format(time.RFC3339), "window": "10s", "usage": figures(sum[0], sum[1]),
			})
		}
	}
	answerMetrics(w, r, "NodeMetricsList", items)
}

func answerMetrics(w http.ResponseWriter, r *http.Request, kind string, items []any) {
	if r.PathValue("name") == "" {
		answer(w, map[string]any{"kind": kind, "apiVersion": "metrics.k8s.io/v1beta1", "metadata": map[string]any{}, "items": items})
		return
	}
	if len(items) != 1 {
		w.WriteHeader(http.StatusNotFound)
		answer(w, map[string]any{"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": "NotFound", "code": 404, "message": "not found"})
		return
	}
	answer(w, items[0])
}

func answer(w http.ResponseWriter, body any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(body)
}
