package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

const provisioner = "rancher.io/local-path"

// A claim that waits for a volume of `local-path` gets one; binding it is the controller's work.
func (s *simulation) syncClaim(ctx context.Context, namespace, name string) (time.Duration, error) {
	claim, err := s.claims.PersistentVolumeClaims(namespace).Get(name)
	if err != nil || claim.Spec.VolumeName != "" || claim.DeletionTimestamp != nil {
		return 0, err
	}
	node := claim.Annotations["volume.kubernetes.io/selected-node"]
	if claim.Annotations["volume.kubernetes.io/storage-provisioner"] != provisioner || node == "" {
		return 0, nil
	}
	volume := "pvc-" + string(claim.UID)
	mode := corev1.PersistentVolumeFilesystem
	_, err = s.client.CoreV1().PersistentVolumes().Create(ctx, &corev1.PersistentVolume{
		ObjectMeta: metav1.ObjectMeta{Name: volume, Annotations: map[string]string{"pv.kubernetes.io/provisioned-by": provisioner}},
		Spec: corev1.PersistentVolumeSpec{
			Capacity: corev1.ResourceList{corev1.ResourceStorage: *claim.Spec.Resources.Requests.Storage()}, AccessModes: claim.Spec.AccessModes, VolumeMode: &mode,
			PersistentVolumeReclaimPolicy: corev1.PersistentVolumeReclaimDelete, StorageClassName: *claim.Spec.StorageClassName,
			ClaimRef:               &corev1.ObjectReference{Kind: "PersistentVolumeClaim", APIVersion: "v1", Namespace: namespace, Name: name, UID: claim.UID},
			PersistentVolumeSource: corev1.PersistentVolumeSource{HostPath: &corev1.HostPathVolumeSource{Path: fmt.Sprintf("/var/lib/rancher/k3s/storage/%s_%s_%s", volume, namespace, name)}},
		},
	}, metav1.CreateOptions{})
	if err != nil && strings.Contains(err.Error(), "already exists") {
		return 0, nil
	}
	return 0, err
}

// Its claim is gone: so is the volume, as its policy says.
func (s *simulation) syncVolume(ctx context.Context, _, name string) (time.Duration, error) {
	volume, err := s.volumes.Get(name)
	if err != nil || volume.Annotations["pv.kubernetes.io/provisioned-by"] != provisioner || volume.Status.Phase != corev1.VolumeReleased || volume.Spec.PersistentVolumeReclaimPolicy != corev1.PersistentVolumeReclaimDelete {
		return 0, err
	}
	return 0, s.client.CoreV1().PersistentVolumes().Delete(ctx, name, metav1.DeleteOptions{})
}

// Every service of the type LoadBalancer has the node's address at once, as with K3s.
func (s *simulation) syncService(ctx context.Context, namespace, name string) (time.Duration, error) {
	service, err := s.services.Services(namespace).Get(name)
	if err != nil || service.Spec.Type != corev1.ServiceTypeLoadBalancer || service.DeletionTimestamp != nil {
		return 0, err
	}
	mode := corev1.LoadBalancerIPModeVIP
	wanted := []corev1.LoadBalancerIngress{{IP: nodeAddress, IPMode: &mode}}
	if equality.Semantic.DeepEqual(service.Status.LoadBalancer.Ingress, wanted) {
		return 0, nil
	}
	changed := service.DeepCopy()
	changed.Status.LoadBalancer.Ingress = wanted
	_, err = s.client.CoreV1().Services(namespace).UpdateStatus(ctx, changed, metav1.UpdateOptions{})
	return 0, err
}

// Traefik tells the address of every ingress that is its.
func (s *simulation) syncIngress(ctx context.Context, namespace, name string) (time.Duration, error) {
	ingress, err := s.ingresses.Ingresses(namespace).Get(name)
	if err != nil || !ours(ingress) || ingress.DeletionTimestamp != nil {
		return 0, err
	}
	wanted := []networkingv1.IngressLoadBalancerIngress{{IP: nodeAddress}}
	if equality.Semantic.DeepEqual(ingress.Status.LoadBalancer.Ingress, wanted) {
		return 0, nil
	}
	changed := ingress.DeepCopy()
	changed.Status.LoadBalancer.Ingress = wanted
	_, err = s.client.NetworkingV1().Ingresses(namespace).UpdateStatus(ctx, changed, metav1.UpdateOptions{})
	return 0, err
}

func ours(ingress *networkingv1.Ingress) bool {
	class := ingress.Annotations["kubernetes.io/ingress.class"]
	if ingress.Spec.IngressClassName != nil {
		class = *ingress.Spec.IngressClassName
	}
	return class == "traefik"
}
