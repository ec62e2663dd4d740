package main

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
)

// How a pod fares. `do`: ready, slow, crash, oom, never-ready, image-pull, complete, fail, evicted, missing, stuck.
type behaviour struct {
	do      string
	seconds float64
	message string
}

// One entry of `rules` (JSON) in the ConfigMap kube-system/simulation. Empty parts fit every pod; the first that fits holds.
type rule struct {
	Namespace string  `json:"namespace"`
	Pod       string  `json:"pod"`      // beginning of its name
	Selector  string  `json:"selector"` // of labels
	Image     string  `json:"image"`    // part of the name of one of its images
	Do        string  `json:"do"`
	Seconds   float64 `json:"seconds"`
	Message   string  `json:"message"`
}

func (s *simulation) readRules(config *corev1.ConfigMap) {
	var rules []rule
	if text := config.Data["rules"]; text != "" {
		if err := json.Unmarshal([]byte(text), &rules); err != nil {
			return
		}
	}
	s.lock.Lock()
	defer s.lock.Unlock()
	s.rules = rules
}

func (s *simulation) behaviourOf(pod *corev1.Pod) behaviour {
	s.lock.Lock()
	rules := s.rules
	s.lock.Unlock()
	for _, r := range rules {
		if r.fits(pod) {
			return behaviour{do: r.Do, seconds: r.Seconds, message: r.Message}
		}
	}
	for _, from := range []map[string]string{pod.Annotations, pod.Labels} {
		if do := from[annotation]; do != "" {
			seconds, _ := strconv.ParseFloat(from[annotation+"-seconds"], 64)
			return behaviour{do: do, seconds: seconds}
		}
	}
	if pod.Spec.RestartPolicy != corev1.RestartPolicyAlways {
		return behaviour{do: "complete"}
	}
	return behaviour{do: "ready"}
}

func (r rule) fits(pod *corev1.Pod) bool {
	if r.Namespace != "" && r.Namespace != pod.Namespace || !strings.HasPrefix(pod.Name, r.Pod) {
		return false
	}
	if r.Selector != "" {
		selector, err := labels.Parse(r.Selector)
		if err != nil || !selector.Matches(labels.Set(pod.Labels)) {
			return false
		}
	}
	if r.Image == "" {
		return true
	}
	for _, c := range pod.Spec.Containers {
		if strings.Contains(c.Image, r.Image) {
			return true
		}
	}
	return false
}

type event struct{ kind, reason, message string }

const (
	runFor      = 300 * time.Millisecond // of a container that ends
	longestWait = 60 * time.Second       // between two restarts
)

// Where a container that ends again and again stands after some time: its number of restarts, whether it runs, when it ended last, and when that changes.
func restarts(elapsed time.Duration) (count int32, running bool, lastEnd, next time.Duration) {
	at, wait := time.Duration(0), time.Second
	for {
		if elapsed < at+runFor {
			return count, true, lastEnd, at + runFor - elapsed
		}
		lastEnd = at + runFor
		if elapsed < lastEnd+wait {
			return count, false, lastEnd, lastEnd + wait - elapsed
		}
		at = lastEnd + wait
		wait = min(wait*2, longestWait)
		count++
	}
}

// The status that a kubelet would report now, what it would say, and when to look again.
func (b behaviour) status(pod *corev1.Pod, address string, now time.Time) (*corev1.PodStatus, event, time.Duration) {
	status := pod.Status.DeepCopy()
	if status.StartTime == nil {
		status.StartTime = &metav1.Time{Time: now}
	}
	begun := status.StartTime.Time
	elapsed := max(now.Sub(begun), 0)
	hosts := func() {
		status.HostIP, status.HostIPs = nodeAddress, []corev1.HostIP{{IP: nodeAddress}}
		status.PodIP, status.PodIPs = address, []corev1.PodIP{{IP: address}}
	}
	status.Phase, status.Reason, status.Message = corev1.PodRunning, "", ""
	ready, after, said := false, time.Duration(0), event{}
	state := corev1.ContainerState{Running: &corev1.ContainerStateRunning{StartedAt: *status.StartTime}}
	last := corev1.ContainerState{}
	count := int32(0)
	ended := func(code int32, reason string, at time.Time) *corev1.ContainerStateTerminated {
		return &corev1.ContainerStateTerminated{ExitCode: code, Reason: reason, StartedAt: metav1.NewTime(at.Add(-runFor).Truncate(time.Second)), FinishedAt: metav1.NewTime(at.Truncate(time.Second)), ContainerID: containerID(pod, "ended")}
	}
	again := func(code int32, reason string) {
		n, running, end, next := restarts(elapsed)
		count, after = n, next
		if end > 0 {
			last.Terminated = ended(code, reason, begun.Add(end))
		}
		if !running {
			state = corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: "CrashLoopBackOff", Message: fmt.Sprintf("back-off restarting failed container=%s pod=%s_%s", pod.Spec.Containers[0].Name, pod.Name, pod.Namespace)}}
			said = event{"Warning", "BackOff", "Back-off restarting failed container " + pod.Spec.Containers[0].Name}
		}
	}
	pending := func(reason, message string) {
		status.Phase = corev1.PodPending
		state = corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: reason, Message: message}}
	}
	lasts := time.Duration(b.seconds * float64(time.Second))
	switch b.do {
	case "slow", "ready":
		if ready = elapsed >= lasts; !ready {
			after = lasts - elapsed
		} else {
			said = event{"Normal", "Started", "Started container " + pod.Spec.Containers[0].Name + " (simulated)"}
		}
	case "never-ready":
		said = event{"Warning", "Unhealthy", "Readiness probe failed: HTTP probe failed with statuscode: 503 (simulated)"}
	case "crash":
		again(1, "Error")
	case "oom":
		again(137, "OOMKilled")
	case "image-pull":
		image := pod.Spec.Containers[0].Image
		if elapsed < time.Second {
			pending("ErrImagePull", fmt.Sprintf("failed to pull and unpack image %q: not found (simulated)", image))
			said, after = event{"Warning", "Failed", fmt.Sprintf("Failed to pull image %q: not found (simulated)", image)}, time.Second-elapsed
		} else {
			pending("ImagePullBackOff", fmt.Sprintf("Back-off pulling image %q", image))
			said = event{"Normal", "BackOff", fmt.Sprintf("Back-off pulling image %q", image)}
		}
	case "missing":
		pending("CreateContainerConfigError", b.message)
		said, after = event{"Warning", "Failed", "Error: " + b.message}, time.Second
	case "stuck":
		pending("ContainerCreating", "")
	case "evicted":
		status.Phase, status.Reason, status.Message = corev1.PodFailed, "Evicted", "The node was low on resource: memory. (simulated)"
		state = corev1.ContainerState{Terminated: ended(137, "Error", now)}
	case "complete", "fail":
		lasts = max(lasts, runFor)
		switch {
		case elapsed < lasts:
			ready, after = true, lasts-elapsed
		case b.do == "complete" && pod.Spec.RestartPolicy != corev1.RestartPolicyAlways:
			status.Phase, state = corev1.PodSucceeded, corev1.ContainerState{Terminated: ended(0, "Completed", now)}
		case pod.Spec.RestartPolicy == corev1.RestartPolicyNever:
			status.Phase, state = corev1.PodFailed, corev1.ContainerState{Terminated: ended(1, "Error", now)}
		default:
			again(1, "Error")
		}
	default: // an unknown word: the pod waits and says why
		pending("CreateContainerConfigError", fmt.Sprintf("there is no simulation %q", b.do))
	}
	if status.Phase != corev1.PodPending {
		hosts()
	}
	status.InitContainerStatuses = initStatuses(pod, status.Phase)
	status.ContainerStatuses = nil
	for _, c := range pod.Spec.Containers {
		id, started := containerID(pod, c.Name), ready
		if state.Waiting != nil && last.Terminated == nil {
			id = ""
		}
		status.ContainerStatuses = append(status.ContainerStatuses, corev1.ContainerStatus{
			Name: c.Name, Image: c.Image, ImageID: "simulated://" + c.Image, ContainerID: id, Ready: ready && state.Running != nil, Started: &started, State: state, LastTerminationState: last, RestartCount: count,
		})
	}
	setConditions(pod, status, ready && status.Phase == corev1.PodRunning, now)
	return status, said, after
}

func containerID(pod *corev1.Pod, name string) string {
	return fmt.Sprintf("simulated://%s-%s", pod.UID, name)
}

func initStatuses(pod *corev1.Pod, phase corev1.PodPhase) []corev1.ContainerStatus {
	var all []corev1.ContainerStatus
	for _, c := range pod.Spec.InitContainers {
		started := false
		one := corev1.ContainerStatus{Name: c.Name, Image: c.Image, ImageID: "simulated://" + c.Image, Started: &started}
		sidecar := c.RestartPolicy != nil && *c.RestartPolicy == corev1.ContainerRestartPolicyAlways
		switch {
		case phase == corev1.PodPending:
			one.State.Waiting = &corev1.ContainerStateWaiting{Reason: "PodInitializing"}
		case sidecar && phase == corev1.PodRunning:
			started = true
			one.Ready, one.ContainerID = true, containerID(pod, c.Name)
			one.State.Running = &corev1.ContainerStateRunning{}
		default:
			one.Ready, one.ContainerID = true, containerID(pod, c.Name)
			one.State.Terminated = &corev1.ContainerStateTerminated{Reason: "Completed", ContainerID: one.ContainerID}
		}
		all = append(all, one)
	}
	return all
}

func setConditions(pod *corev1.Pod, status *corev1.PodStatus, ready bool, now time.Time) {
	set := func(kind corev1.PodConditionType, holds bool, reason string) {
		value := corev1.ConditionFalse
		if holds {
			value, reason = corev1.ConditionTrue, ""
		}
		for i, c := range status.Conditions {
			if c.Type == kind {
				if c.Status != value {
					status.Conditions[i].LastTransitionTime = metav1.NewTime(now)
				}
				status.Conditions[i].Status, status.Conditions[i].Reason = value, reason
				return
			}
		}
		status.Conditions = append(status.Conditions, corev1.PodCondition{Type: kind, Status: value, Reason: reason, LastTransitionTime: metav1.NewTime(now)})
	}
	notReady := "ContainersNotReady"
	if status.Phase == corev1.PodSucceeded {
		notReady = "PodCompleted"
	}
	for _, gate := range pod.Spec.ReadinessGates {
		set(gate.ConditionType, true, "")
	}
	set(corev1.PodInitialized, status.Phase != corev1.PodPending || len(pod.Spec.InitContainers) == 0, "ContainersNotInitialized")
	set(corev1.ContainersReady, ready, notReady)
	set(corev1.PodReady, ready, notReady)
}

func sameStatus(a, b *corev1.PodStatus) bool { return reflect.DeepEqual(a, b) }
