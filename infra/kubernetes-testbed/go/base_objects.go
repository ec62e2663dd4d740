package main

import (
	"context"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	storagev1 "k8s.io/api/storage/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/client-go/rest"
	registration "k8s.io/kube-aggregator/pkg/apis/apiregistration/v1"
	aggregator "k8s.io/kube-aggregator/pkg/client/clientset_generated/clientset"
)

// What a K3s has from the start: the class `local-path`, the ingress class `traefik`, the metrics API and the pods of its own.
func (s *simulation) makeBaseObjects(ctx context.Context) error {
	create := metav1.CreateOptions{}
	wait, remove := storagev1.VolumeBindingWaitForFirstConsumer, corev1.PersistentVolumeReclaimDelete
	_, err := s.client.StorageV1().StorageClasses().Create(ctx, &storagev1.StorageClass{
		ObjectMeta:  metav1.ObjectMeta{Name: "local-path", Annotations: map[string]string{"storageclass.kubernetes.io/is-default-class": "true"}},
		Provisioner: provisioner, ReclaimPolicy: &remove, VolumeBindingMode: &wait,
	}, create)
	if err != nil && !apierrors.IsAlreadyExists(err) {
		return err
	}
	_, err = s.client.NetworkingV1().IngressClasses().Create(ctx, &networkingv1.IngressClass{
		ObjectMeta: metav1.ObjectMeta{Name: "traefik", Annotations: map[string]string{"ingressclass.kubernetes.io/is-default-class": "true"}},
		Spec:       networkingv1.IngressClassSpec{Controller: "traefik.io/ingress-controller"},
	}, create)
	if err != nil && !apierrors.IsAlreadyExists(err) {
		return err
	}
	if err := s.registerMetrics(ctx); err != nil {
		return err
	}
	if s.options.bare {
		return nil
	}
	for _, name := range []string{"coredns", "local-path-provisioner", "metrics-server", "traefik"} {
		if err := s.makeDeployment(ctx, name); err != nil {
			return err
		}
	}
	_, err = s.client.CoreV1().Services("kube-system").Create(ctx, &corev1.Service{
		ObjectMeta: metav1.ObjectMeta{Name: "traefik"},
		Spec: corev1.ServiceSpec{Type: corev1.ServiceTypeLoadBalancer, Selector: map[string]string{"app.kubernetes.io/name": "traefik"}, Ports: []corev1.ServicePort{
			{Name: "web", Port: 80, TargetPort: intstr.FromString("web")}, {Name: "websecure", Port: 443, TargetPort: intstr.FromString("websecure")},
		}},
	}, create)
	if err != nil && !apierrors.IsAlreadyExists(err) {
		return err
	}
	return nil
}

func (s *simulation) makeDeployment(ctx context.Context, name string) error {
	own := map[string]string{"app.kubernetes.io/name": name}
	deployment := &appsv1.Deployment{
		ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: "kube-system", Labels: own},
		Spec: appsv1.DeploymentSpec{Selector: &metav1.LabelSelector{MatchLabels: own}, Template: corev1.PodTemplateSpec{
			ObjectMeta: metav1.ObjectMeta{Labels: own}, Spec: corev1.PodSpec{Containers: []corev1.Container{{Name: name, Image: "simulated/" + name}}},
		}},
	}
	for begun := time.Now(); ; time.Sleep(20 * time.Millisecond) { // the namespace comes a moment after the server
		_, err := s.client.AppsV1().Deployments("kube-system").Create(ctx, deployment, metav1.CreateOptions{})
		if err == nil || apierrors.IsAlreadyExists(err) {
			return nil
		}
		if !apierrors.IsNotFound(err) || time.Since(begun) > 30*time.Second {
			return err
		}
	}
}

// The metrics API is served by our kubelet; a service with an external name leads the API server to it.
func (s *simulation) registerMetrics(ctx context.Context) error {
	port := s.kubeletPort
	for begun := time.Now(); ; time.Sleep(20 * time.Millisecond) {
		_, err := s.client.CoreV1().Services("kube-system").Create(ctx, &corev1.Service{
			ObjectMeta: metav1.ObjectMeta{Name: "metrics-server"}, Spec: corev1.ServiceSpec{Type: corev1.ServiceTypeExternalName, ExternalName: "localhost"},
		}, metav1.CreateOptions{})
		if err == nil || apierrors.IsAlreadyExists(err) {
			break
		}
		if !apierrors.IsNotFound(err) || time.Since(begun) > 30*time.Second {
			return err
		}
	}
	config := rest.CopyConfig(s.config)
	client, err := aggregator.NewForConfig(config)
	if err != nil {
		return err
	}
	services := client.ApiregistrationV1().APIServices()
	wanted := &registration.APIService{
		ObjectMeta: metav1.ObjectMeta{Name: "v1beta1.metrics.k8s.io"},
		Spec: registration.APIServiceSpec{
			Group: "metrics.k8s.io", Version: "v1beta1", GroupPriorityMinimum: 100, VersionPriority: 100, InsecureSkipTLSVerify: true,
			Service: &registration.ServiceReference{Namespace: "kube-system", Name: "metrics-server", Port: &port},
		},
	}
	_, err = services.Create(ctx, wanted, metav1.CreateOptions{})
	if apierrors.IsAlreadyExists(err) { // of an earlier start, with another port
		found, failed := services.Get(ctx, wanted.Name, metav1.GetOptions{})
		if failed != nil {
			return failed
		}
		found.Spec = wanted.Spec
		_, err = services.Update(ctx, found, metav1.UpdateOptions{})
	}
	return err
}
