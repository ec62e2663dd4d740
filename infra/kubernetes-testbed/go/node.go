package main

import (
	"context"
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/component-base/version"
)

const nodeAddress = "127.0.0.1"

func (s *simulation) makeNodes(ctx context.Context) error {
	cpu, err := resource.ParseQuantity(s.options.cpu)
	if err != nil {
		return fmt.Errorf("-cpu: %w", err)
	}
	memory, err := resource.ParseQuantity(s.options.memory)
	if err != nil {
		return fmt.Errorf("-memory: %w", err)
	}
	pods, err := resource.ParseQuantity(s.options.pods)
	if err != nil {
		return fmt.Errorf("-pods: %w", err)
	}
	capacity := corev1.ResourceList{corev1.ResourceCPU: cpu, corev1.ResourceMemory: memory, corev1.ResourcePods: pods, corev1.ResourceEphemeralStorage: resource.MustParse("40Gi")}
	nodes := s.client.CoreV1().Nodes()
	for i := 1; i <= s.options.nodes; i++ {
		name := s.options.nodeName
		if i > 1 {
			name = fmt.Sprintf("%s-%d", name, i)
		}
		node := &corev1.Node{
			ObjectMeta: metav1.ObjectMeta{Name: name, Labels: map[string]string{
				"kubernetes.io/hostname": name, "kubernetes.io/os": "linux", "kubernetes.io/arch": "amd64", "node-role.kubernetes.io/control-plane": "true", "xanthus/simulated": "true", "xanthus/sandbox": "true",
			}},
		}
		made, err := nodes.Create(ctx, node, metav1.CreateOptions{})
		if apierrors.IsAlreadyExists(err) {
			made, err = nodes.Get(ctx, name, metav1.GetOptions{})
		}
		if err != nil {
			return err
		}
		now := metav1.NewTime(time.Now())
		condition := func(kind corev1.NodeConditionType, status corev1.ConditionStatus, reason string) corev1.NodeCondition {
			return corev1.NodeCondition{Type: kind, Status: status, Reason: reason, Message: "simulated", LastHeartbeatTime: now, LastTransitionTime: now}
		}
		made.Status = corev1.NodeStatus{
			Capacity: capacity, Allocatable: capacity,
			Conditions: []corev1.NodeCondition{
				condition(corev1.NodeMemoryPressure, corev1.ConditionFalse, "KubeletHasSufficientMemory"), condition(corev1.NodeDiskPressure, corev1.ConditionFalse, "KubeletHasNoDiskPressure"),
				condition(corev1.NodePIDPressure, corev1.ConditionFalse, "KubeletHasSufficientPID"), condition(corev1.NodeReady, corev1.ConditionTrue, "KubeletReady"),
			},
			Addresses:       []corev1.NodeAddress{{Type: corev1.NodeInternalIP, Address: nodeAddress}, {Type: corev1.NodeHostName, Address: name}},
			DaemonEndpoints: corev1.NodeDaemonEndpoints{KubeletEndpoint: corev1.DaemonEndpoint{Port: s.kubeletPort}},
			NodeInfo: corev1.NodeSystemInfo{
				KubeletVersion: version.Get().GitVersion, KubeProxyVersion: version.Get().GitVersion, ContainerRuntimeVersion: "simulated://1", OSImage: "simulated", OperatingSystem: "linux", Architecture: "amd64", KernelVersion: "simulated",
				MachineID: name, SystemUUID: name, BootID: name,
			},
		}
		if _, err := nodes.UpdateStatus(ctx, made, metav1.UpdateOptions{}); err != nil {
			return err
		}
	}
	return nil
}

// What the kubelet says about a pod; once as long as it stays the same.
func (s *simulation) tell(ctx context.Context, pod *corev1.Pod, e event) {
	key := e.reason + e.message
	s.lock.Lock()
	told := s.told[string(pod.UID)] == key
	s.told[string(pod.UID)] = key
	s.lock.Unlock()
	if told {
		return
	}
	now := metav1.NewTime(time.Now())
	_, _ = s.client.CoreV1().Events(pod.Namespace).Create(ctx, &corev1.Event{
		ObjectMeta:     metav1.ObjectMeta{GenerateName: pod.Name + ".", Namespace: pod.Namespace},
		InvolvedObject: corev1.ObjectReference{Kind: "Pod", APIVersion: "v1", Namespace: pod.Namespace, Name: pod.Name, UID: pod.UID, ResourceVersion: pod.ResourceVersion},
		Type:           e.kind, Reason: e.reason, Message: e.message, Source: corev1.EventSource{Component: "kubelet", Host: pod.Spec.NodeName}, FirstTimestamp: now, LastTimestamp: now, Count: 1,
	}, metav1.CreateOptions{})
}
