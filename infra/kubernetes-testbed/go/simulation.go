package main

import (
	"context"
	"fmt"
	"math"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	listers "k8s.io/client-go/listers/core/v1"
	networkinglisters "k8s.io/client-go/listers/networking/v1"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/util/workqueue"
)

// What stands in for machines: kubelet, container runtime, storage provisioner, load balancer and Traefik of every node.
type simulation struct {
	client       kubernetes.Interface
	config       *rest.Config
	options      options
	credentials  *credentials
	kubeletPort  int32
	ingressHTTP  string
	ingressHTTPS string

	pods      listers.PodLister
	secrets   listers.SecretLister
	configs   listers.ConfigMapLister
	claims    listers.PersistentVolumeClaimLister
	volumes   listers.PersistentVolumeLister
	services  listers.ServiceLister
	ingresses networkinglisters.IngressLister

	lock      sync.Mutex
	rules     []rule
	addresses map[string]string // of pods by UID
	lastIP    int
	told      map[string]string // event last written, by UID
}

const annotation = "xanthus/simulate"

func (s *simulation) start(ctx context.Context) error {
	s.addresses, s.told = map[string]string{}, map[string]string{}
	if err := s.serveKubelet(); err != nil {
		return err
	}
	if err := s.makeNodes(ctx); err != nil {
		return err
	}
	if err := s.makeBaseObjects(ctx); err != nil {
		return err
	}
	factory := informers.NewSharedInformerFactory(s.client, 0)
	core := factory.Core().V1()
	s.pods, s.secrets, s.configs = core.Pods().Lister(), core.Secrets().Lister(), core.ConfigMaps().Lister()
	s.claims, s.volumes, s.services = core.PersistentVolumeClaims().Lister(), core.PersistentVolumes().Lister(), core.Services().Lister()
	s.ingresses = factory.Networking().V1().Ingresses().Lister()

	pods := newLoop(s.syncPod)
	pods.follow(core.Pods().Informer())
	claims := newLoop(s.syncClaim)
	claims.follow(core.PersistentVolumeClaims().Informer())
	volumes := newLoop(s.syncVolume)
	volumes.follow(core.PersistentVolumes().Informer())
	services := newLoop(s.syncService)
	services.follow(core.Services().Informer())
	ingresses := newLoop(s.syncIngress)
	ingresses.follow(factory.Networking().V1().Ingresses().Informer())

	// Rules, and what pods wait for, let all pods be looked at again.
	again := func() {
		all, _ := s.pods.List(labels.Everything())
		for _, pod := range all {
			pods.queue.Add(pod.Namespace + "/" + pod.Name)
		}
	}
	whenChanged := func(object any) {
		if config, ok := object.(*corev1.ConfigMap); ok && config.Namespace == "kube-system" && config.Name == "simulation" {
			s.readRules(config)
			again()
		}
	}
	if _, err := core.ConfigMaps().Informer().AddEventHandler(cache.ResourceEventHandlerFuncs{
		AddFunc: whenChanged, UpdateFunc: func(_, object any) { whenChanged(object) },
		DeleteFunc: func(object any) {
			if config, ok := object.(*corev1.ConfigMap); ok && config.Namespace == "kube-system" && config.Name == "simulation" {
				s.readRules(&corev1.ConfigMap{})
				again()
			}
		},
	}); err != nil {
		return err
	}
	factory.Core().V1().Secrets().Informer()
	factory.Start(ctx.Done())
	factory.WaitForCacheSync(ctx.Done())
	for _, l := range []*loop{pods, claims, volumes, services, ingresses} {
		go l.run(ctx)
		go l.run(ctx)
	}
	return s.serveIngress()
}

// A queue of names of one kind of object; `sync` says when to look at it again (0: when it changes).
type loop struct {
	queue workqueue.TypedRateLimitingInterface[string]
	sync  func(ctx context.Context, namespace, name string) (time.Duration, error)
}

func newLoop(sync func(context.Context, string, string) (time.Duration, error)) *loop {
	return &loop{sync: sync, queue: workqueue.NewTypedRateLimitingQueue(workqueue.NewTypedItemExponentialFailureRateLimiter[string](20*time.Millisecond, 2*time.Second))}
}

func (l *loop) follow(informer cache.SharedIndexInformer) {
	add := func(object any) {
		if key, err := cache.DeletionHandlingMetaNamespaceKeyFunc(object); err == nil {
			l.queue.Add(key)
		}
	}
	_, _ = informer.AddEventHandler(cache.ResourceEventHandlerFuncs{AddFunc: add, UpdateFunc: func(_, object any) { add(object) }, DeleteFunc: add})
}

func (l *loop) run(ctx context.Context) {
	for {
		key, ended := l.queue.Get()
		if ended {
			return
		}
		namespace, name, _ := cache.SplitMetaNamespaceKey(key)
		after, err := l.sync(ctx, namespace, name)
		switch {
		case err != nil && !apierrors.IsNotFound(err):
			l.queue.AddRateLimited(key)
		case after > 0:
			l.queue.Forget(key)
			l.queue.AddAfter(key, after)
		default:
			l.queue.Forget(key)
		}
		l.queue.Done(key)
	}
}

func (s *simulation) syncPod(ctx context.Context, namespace, name string) (time.Duration, error) {
	pod, err := s.pods.Pods(namespace).Get(name)
	if err != nil || pod.Spec.NodeName == "" {
		return 0, err
	}
	if pod.DeletionTimestamp != nil {
		now := int64(0)
		s.forget(string(pod.UID))
		return 0, s.client.CoreV1().Pods(namespace).Delete(ctx, name, metav1.DeleteOptions{GracePeriodSeconds: &now, Preconditions: &metav1.Preconditions{UID: &pod.UID}})
	}
	if pod.Status.Phase == corev1.PodSucceeded || pod.Status.Phase == corev1.PodFailed {
		return 0, nil
	}
	wanted := s.behaviourOf(pod)
	now := time.Now()
	if missing := s.missing(pod); missing != "" {
		wanted = behaviour{do: "missing", message: missing}
	}
	status, event, after := wanted.status(pod, s.address(pod), now)
	if !sameStatus(&pod.Status, status) {
		changed := pod.DeepCopy()
		changed.Status = *status
		if _, err := s.client.CoreV1().Pods(namespace).UpdateStatus(ctx, changed, metav1.UpdateOptions{}); err != nil {
			if apierrors.IsConflict(err) {
				return 20 * time.Millisecond, nil
			}
			return 0, err
		}
	}
	if event.reason != "" {
		s.tell(ctx, pod, event)
	}
	if after > 0 {
		after = time.Duration(math.Max(float64(after), float64(10*time.Millisecond)))
	}
	return after, nil
}

// The address of a pod: kept while it lives.
func (s *simulation) address(pod *corev1.Pod) string {
	if pod.Status.PodIP != "" {
		return pod.Status.PodIP
	}
	s.lock.Lock()
	defer s.lock.Unlock()
	if found, ok := s.addresses[string(pod.UID)]; ok {
		return found
	}
	s.lastIP++
	found := fmt.Sprintf("10.42.%d.%d", (s.lastIP/250)%256, s.lastIP%250+2)
	s.addresses[string(pod.UID)] = found
	return found
}

func (s *simulation) forget(uid string) {
	s.lock.Lock()
	defer s.lock.Unlock()
	delete(s.addresses, uid)
	delete(s.told, uid)
}

// What a pod needs and its namespace lacks, in the words of the kubelet.
func (s *simulation) missing(pod *corev1.Pod) string {
	isTrue := func(b *bool) bool { return b != nil && *b }
	secret := func(name string, optional *bool) string {
		if _, err := s.secrets.Secrets(pod.Namespace).Get(name); err != nil && !isTrue(optional) {
			return fmt.Sprintf("secret %q not found", name)
		}
		return ""
	}
	config := func(name string, optional *bool) string {
		if _, err := s.configs.ConfigMaps(pod.Namespace).Get(name); err != nil && !isTrue(optional) {
			return fmt.Sprintf("configmap %q not found", name)
		}
		return ""
	}
	first := func(all ...string) string {
		for _, one := range all {
			if one != "" {
				return one
			}
		}
		return ""
	}
	found := ""
	for _, volume := range pod.Spec.Volumes {
		if v := volume.Secret; v != nil {
			found = first(found, secret(v.SecretName, v.Optional))
		}
		if v := volume.ConfigMap; v != nil {
			found = first(found, config(v.Name, v.Optional))
		}
	}
	for _, container := range append(append([]corev1.Container{}, pod.Spec.InitContainers...), pod.Spec.Containers...) {
		for _, from := range container.EnvFrom {
			if from.SecretRef != nil {
				found = first(found, secret(from.SecretRef.Name, from.SecretRef.Optional))
			}
			if from.ConfigMapRef != nil {
				found = first(found, config(from.ConfigMapRef.Name, from.ConfigMapRef.Optional))
			}
		}
		for _, env := range container.Env {
			if env.ValueFrom != nil && env.ValueFrom.SecretKeyRef != nil {
				found = first(found, secret(env.ValueFrom.SecretKeyRef.Name, env.ValueFrom.SecretKeyRef.Optional))
			}
			if env.ValueFrom != nil && env.ValueFrom.ConfigMapKeyRef != nil {
				found = first(found, config(env.ValueFrom.ConfigMapKeyRef.Name, env.ValueFrom.ConfigMapKeyRef.Optional))
			}
		}
	}
	return found
}
